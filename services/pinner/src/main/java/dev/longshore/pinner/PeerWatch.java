package dev.longshore.pinner;

import dev.longshore.model.PeerName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Which peers answer, who they are, and for how long the others do not. A peer is back when it
 * answers and its pins could be read to their end. In memory: after a restart of the pinner the
 * time of a peer that is away begins anew.
 */
final class PeerWatch {
  private final InstantSource clock;
  private final Map<PeerName, Seen> peers = new ConcurrentHashMap<>();
  private final AtomicBoolean changed = new AtomicBoolean();

  /**
   * How a peer was met last.
   *
   * @param peerId who it was when it answered last; none if it never did
   * @param here whether it answered the last time
   * @param awaySince since when it does not answer or its pins cannot be read; null while all is
   *     well
   */
  private record Seen(@Nullable String peerId, boolean here, @Nullable Instant awaySince) {
    static final Seen NEVER = new Seen(null, false, null);

    Seen away(boolean answers, Instant now) {
      return new Seen(peerId, answers, awaySince == null ? now : awaySince);
    }
  }

  PeerWatch(InstantSource clock) {
    this.clock = clock;
  }

  /** The peer said who it is. */
  void answered(Peer peer, String peerId) {
    Seen now = new Seen(peerId, true, seen(peer).awaySince());
    if (!now.equals(peers.put(peer.name(), now))) {
      changed.set(true);
    }
  }

  /** The peer did not answer. */
  void silent(Peer peer) {
    peers.put(peer.name(), seen(peer).away(false, clock.instant()));
  }

  /** The peer's pins were read to their end. */
  void listed(Peer peer) {
    peers.computeIfPresent(peer.name(), (_, seen) -> new Seen(seen.peerId(), seen.here(), null));
  }

  /** The peer answers, but its pins could not be read. */
  void unlisted(Peer peer) {
    peers.computeIfPresent(peer.name(), (_, seen) -> seen.away(seen.here(), clock.instant()));
  }

  /** Whether a peer has come, or come back, or is another one, since this was asked last. */
  boolean takeChanges() {
    return changed.getAndSet(false);
  }

  boolean isHere(Peer peer) {
    return seen(peer).here();
  }

  /** Who the peer was when it answered last. */
  Optional<String> peerId(Peer peer) {
    return Optional.ofNullable(seen(peer).peerId());
  }

  /** For how long the peer is away; zero if it is not. */
  Duration away(Peer peer) {
    Instant since = seen(peer).awaySince();
    return since == null ? Duration.ZERO : Duration.between(since, clock.instant());
  }

  private Seen seen(Peer peer) {
    return peers.getOrDefault(peer.name(), Seen.NEVER);
  }
}
