package dev.longshore.pinner;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.kubo.KuboException;
import dev.longshore.ipfs.kubo.SwarmPrivacy;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Asks a peer, before its first copy, whether strangers could reach what it keeps. */
final class PrivacyGuard {
  private final Set<String> trusted = ConcurrentHashMap.newKeySet();
  private final Duration callTimeout;

  PrivacyGuard(Duration callTimeout) {
    this.callTimeout = callTimeout;
  }

  /** Why the peer must not get a copy, if so. */
  Optional<String> objection(Peer peer) throws KuboException {
    if (peer.mayBePublic() || trusted.contains(peer.name())) {
      return Optional.empty();
    }
    return switch (peer.node().privacy(Deadline.after(callTimeout))) {
      case SwarmPrivacy.Private _ -> {
        trusted.add(peer.name());
        yield Optional.empty();
      }
      case SwarmPrivacy.Public open ->
          Optional.of(
              "peer %s can be reached by strangers: %s; mend that, or set allow-public-ipfs for it"
                  .formatted(peer.name(), String.join("; ", open.findings())));
    };
  }
}
