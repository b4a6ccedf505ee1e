package dev.longshore.resolver.lookup;

import com.google.protobuf.Timestamp;
import dev.longshore.api.v1.Conversion;
import dev.longshore.api.v1.Copy;
import dev.longshore.api.v1.CopyStatus;
import dev.longshore.api.v1.Image;
import dev.longshore.api.v1.Mode;
import dev.longshore.api.v1.Name;
import dev.longshore.api.v1.Pin;
import dev.longshore.api.v1.ResolveResponse;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import java.time.Instant;
import java.util.List;

/** Writes what is known as the gRPC API's messages. */
final class KnownProto {
  private KnownProto() {}

  static ResolveResponse of(Known known) {
    ResolveResponse.Builder response = ResolveResponse.newBuilder();
    known.images().forEach(image -> response.addImages(image(image)));
    known.completeAt().ifPresent(at -> response.setCompleteAt(timestamp(at)));
    return response.build();
  }

  private static Image image(Known.Source source) {
    Image.Builder image =
        Image.newBuilder().setDigest(source.digest()).setMediaType(source.mediaType());
    source.names().forEach(name -> image.addNames(name(name)));
    source
        .conversions()
        .forEach(conversion -> image.addConversions(conversion(conversion, source.names())));
    return image.build();
  }

  private static Name name(TagState state) {
    return Name.newBuilder()
        .setRegistry(state.registry())
        .setRepository(state.repository())
        .setTag(state.tag() == null ? "" : state.tag())
        .setHintedAt(timestamp(state.hintedAt()))
        .setObservedAt(timestamp(state.observedAt()))
        .setDeleted(state.deleted())
        .build();
  }

  private static Conversion conversion(Known.Conversion conversion, List<TagState> names) {
    ImageState state = conversion.state();
    Conversion.Builder message =
        Conversion.newBuilder()
            .setMode(mode(state.mode()))
            .setRecipe(state.recipe())
            .setImageDag(state.imageDag())
            .setRoot(state.root())
            .addAllPlatforms(state.platforms())
            .setBlobs(state.blobs())
            .setBytes(state.bytes())
            .addAllMissing(state.missing())
            .setConvertedAt(timestamp(state.convertedAt()));
    conversion.pin().ifPresent(pin -> message.setPin(pin(pin, names)));
    return message.build();
  }

  private static Pin pin(PinState state, List<TagState> names) {
    Pin.Builder pin =
        Pin.newBuilder()
            .setImageDag(state.imageDag())
            .setWanted(state.wanted())
            .setVerified(state.verified())
            .setIngestPeer(state.ingestPeer())
            .setIngestReleased(state.ingestReleased())
            .setChangedAt(timestamp(state.changedAt()));
    names.forEach(name -> pin.addNames(name.key()));
    state.copies().forEach(copy -> pin.addCopies(copy(copy)));
    return pin.build();
  }

  private static Copy copy(PinState.Copy copy) {
    return Copy.newBuilder()
        .setPeer(copy.peer())
        .setSite(copy.site())
        .setPeerId(copy.peerId())
        .addAllAddresses(copy.addresses())
        .setStatus(
            switch (copy.status()) {
              case PINNING -> CopyStatus.COPY_STATUS_PINNING;
              case VERIFIED -> CopyStatus.COPY_STATUS_VERIFIED;
              case FAILED -> CopyStatus.COPY_STATUS_FAILED;
            })
        .setBytes(copy.bytes())
        .setError(copy.error() == null ? "" : copy.error())
        .setChangedAt(timestamp(copy.changedAt()))
        .build();
  }

  private static Mode mode(String mode) {
    return switch (mode) {
      case "plain" -> Mode.MODE_PLAIN;
      case "estargz" -> Mode.MODE_ESTARGZ;
      case "encrypted" -> Mode.MODE_ENCRYPTED;
      default -> Mode.MODE_UNSPECIFIED;
    };
  }

  private static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }
}
