package dev.longshore.events;

import com.google.protobuf.Timestamp;
import dev.longshore.api.v1.Copy;
import dev.longshore.api.v1.CopyStatus;
import dev.longshore.api.v1.Pin;
import java.time.Instant;
import java.util.List;

/** Writes pins as the messages of the gRPC APIs. */
public final class PinMessages {
  private PinMessages() {}

  /** The copies of an image DAG, with the names that lead to it. */
  public static Pin pin(PinState state, List<TagState> names) {
    Pin.Builder pin =
        Pin.newBuilder()
            .setImageDag(state.imageDag().toString())
            .setWanted(state.wanted())
            .setVerified(state.verified())
            .setIngestReleased(state.ingestReleased())
            .setChangedAt(timestamp(state.changedAt()));
    if (state.ingestPeer() != null) {
      pin.setIngestPeer(state.ingestPeer().text());
    }
    names.forEach(name -> pin.addNames(name.key()));
    state.copies().forEach(copy -> pin.addCopies(copy(copy)));
    return pin.build();
  }

  private static Copy copy(PinState.Copy copy) {
    return Copy.newBuilder()
        .setPeer(copy.peer().text())
        .setSite(copy.site())
        .setPeerId(copy.peerId())
        .addAllAddresses(copy.addresses())
        .setStatus(
            switch (copy.status()) {
              case PINNING -> CopyStatus.COPY_STATUS_PINNING;
              case VERIFIED -> CopyStatus.COPY_STATUS_VERIFIED;
              case FAILED -> CopyStatus.COPY_STATUS_FAILED;
              case UNKNOWN -> CopyStatus.COPY_STATUS_UNSPECIFIED;
            })
        .setBytes(copy.bytes())
        .setError(copy.error() == null ? "" : copy.error())
        .setChangedAt(timestamp(copy.changedAt()))
        .build();
  }

  /** The instant as the gRPC APIs write it. */
  public static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }
}
