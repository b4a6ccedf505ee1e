package dev.longshore.pinner;

import dev.longshore.model.PeerName;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import java.util.Collection;
import java.util.List;

/** Counts the copies that this process made, and the tries that failed. */
final class CopyMeter {
  private static final AttributeKey<String> PEER = AttributeKey.stringKey("peer");
  private static final AttributeKey<String> CAUSE = AttributeKey.stringKey("cause");
  private static final AttributeKey<String> REASON = AttributeKey.stringKey("reason");
  private static final String NEW = "new";
  private static final String REPAIR = "repair";
  private static final String STALLED = "stalled";
  private static final String AWAY = "peer_away";
  private static final String FAILED = "failed";

  private final LongCounter made;
  private final LongCounter failed;

  CopyMeter(Meter meter) {
    this.made =
        meter
            .counterBuilder("longshore.peer.copies_made")
            .setUnit("{copy}")
            .setDescription(
                "Copies made and verified: of a new image, or in repair of one that had all its"
                    + " copies before")
            .build();
    this.failed =
        meter
            .counterBuilder("longshore.peer.copies_failed")
            .setUnit("{copy}")
            .setDescription("Tries to make a copy that failed, by what went wrong")
            .build();
  }

  static String cause(boolean wholeOnce) {
    return wholeOnce ? REPAIR : NEW;
  }

  /** Exports zero for each peer first: otherwise Prometheus sees no increase for the first one. */
  void knows(Collection<PeerName> peers) {
    for (PeerName peer : peers) {
      List.of(NEW, REPAIR).forEach(cause -> made.add(0, of(peer, CAUSE, cause)));
      List.of(STALLED, AWAY, FAILED).forEach(why -> failed.add(0, of(peer, REASON, why)));
    }
  }

  /** A try ended. */
  void ended(PeerName peer, CopyEvent outcome, boolean wholeOnce) {
    switch (outcome) {
      case CopyEvent.Confirmed _ -> made.add(1, of(peer, CAUSE, cause(wholeOnce)));
      case CopyEvent.TryStalled _ -> failed.add(1, of(peer, REASON, STALLED));
      case CopyEvent.TryFailed(String _, boolean peerIsAway) ->
          failed.add(1, of(peer, REASON, peerIsAway ? AWAY : FAILED));
      default -> {} // no outcome of a try
    }
  }

  private static Attributes of(PeerName peer, AttributeKey<String> key, String value) {
    return Attributes.of(PEER, peer.text(), key, value);
  }
}
