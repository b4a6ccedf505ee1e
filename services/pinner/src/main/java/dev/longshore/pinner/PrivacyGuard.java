package dev.longshore.pinner;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.kubo.KuboException;
import dev.longshore.ipfs.kubo.SwarmPrivacy;
import dev.longshore.model.PeerName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks a peer, before a burst of copies, whether strangers could reach what it keeps: it may have
 * been started with other settings since the last one.
 */
final class PrivacyGuard {
  /** Less than a node takes to be ended, changed and started. */
  static final Duration TRUSTED = Duration.ofSeconds(2);

  private final Map<PeerName, Instant> seenPrivate = new ConcurrentHashMap<>();
  private final Duration callTimeout;
  private final InstantSource clock;

  PrivacyGuard(Duration callTimeout, InstantSource clock) {
    this.callTimeout = callTimeout;
    this.clock = clock;
  }

  /** Why the peer must not get a copy, if so. */
  Optional<String> objection(Peer peer) throws KuboException {
    Instant now = clock.instant();
    Instant seen = seenPrivate.get(peer.name());
    if (peer.mayBePublic() || (seen != null && now.isBefore(seen.plus(TRUSTED)))) {
      return Optional.empty();
    }
    return switch (peer.node().privacy(Deadline.after(callTimeout))) {
      case SwarmPrivacy.Private _ -> {
        seenPrivate.put(peer.name(), now);
        yield Optional.empty();
      }
      case SwarmPrivacy.Public open ->
          Optional.of(
              "peer %s can be reached by strangers: %s; mend that, or set allow-public-ipfs for it"
                  .formatted(peer.name(), String.join("; ", open.findings())));
    };
  }

  /** A copy to the peer failed: it may have come back as another. */
  void forget(Peer peer) {
    seenPrivate.remove(peer.name());
  }
}
