package dev.longshore.pinner;

import dev.longshore.catalog.PeerStates;
import dev.longshore.events.PeerState;
import dev.longshore.ipfs.node.NodeId;
import dev.longshore.model.PeerName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Which peers answer, their identities, and how long the others have been away. A peer is back when
 * it answers and all its pins could be read. Records carry over a restart: a peer that was away
 * when the pinner ended has been away since then.
 */
final class PeerWatch {
  private final PeerStates recorded;
  private final InstantSource clock;
  private final Map<PeerName, Seen> peers = new ConcurrentHashMap<>();
  private final Set<PeerName> held = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean changed = new AtomicBoolean();

  /**
   * The last observation of a peer.
   *
   * @param peerId its identity at the last answer; null if it never answered
   * @param addresses at which others reach it
   * @param here whether it answered the last call
   * @param awaySince since when it does not answer or its pins cannot be read, as was recorded;
   *     null while all is well
   * @param missedSince the same, as this pinner met it itself
   */
  private record Seen(
      @Nullable String peerId,
      List<String> addresses,
      boolean here,
      @Nullable Instant awaySince,
      @Nullable Instant missedSince) {
    static final Seen NEVER = new Seen(null, List.of(), false, null, null);

    Seen answered(NodeId id, List<String> itsAddresses) {
      return new Seen(id.peerId(), itsAddresses, true, awaySince, missedSince);
    }

    Seen missed(boolean answers, Instant now) {
      return new Seen(
          peerId, addresses, answers, earlier(awaySince, now), earlier(missedSince, now));
    }

    /** A time in the future comes from a clock that was since set back. */
    private static Instant earlier(@Nullable Instant since, Instant now) {
      return since == null || since.isAfter(now) ? now : since;
    }

    Seen listed() {
      return new Seen(peerId, addresses, here, null, null);
    }
  }

  PeerWatch(PeerStates recorded, InstantSource clock) {
    this.recorded = recorded;
    this.clock = clock;
  }

  /** The peer answered with its identity. */
  void answered(Peer peer, NodeId id) {
    Seen last = seen(peer);
    peers.compute(
        peer.name(),
        (_, seen) -> orRecorded(peer, seen).answered(id, id.reachedAt(peer.announced())));
    if (!last.here() || !id.peerId().equals(last.peerId())) {
      changed.set(true);
    }
  }

  /** The peer did not answer. */
  void silent(Peer peer) {
    peers.compute(peer.name(), (_, seen) -> orRecorded(peer, seen).missed(false, clock.instant()));
  }

  /** Forgets the peer: its next answer counts as the first. */
  void forget(Peer peer) {
    peers.remove(peer.name());
  }

  /**
   * All of the peer's pins were read.
   *
   * @param holders whether some of them may hold blocks without being an image's
   */
  void listed(Peer peer, boolean holders) {
    if (holders) {
      held.add(peer.name());
    } else {
      held.remove(peer.name());
    }
    peers.computeIfPresent(peer.name(), (_, seen) -> seen.listed());
  }

  /** The peer answers, but its pins could not be read. */
  void unlisted(Peer peer) {
    peers.computeIfPresent(peer.name(), (_, seen) -> seen.missed(seen.here(), clock.instant()));
  }

  /** Whether its pins, as last read, include some that may hold blocks without being an image's. */
  boolean mayHold(Peer peer) {
    return held.contains(peer.name());
  }

  /** Whether a peer came, returned or changed its identity since the last call. */
  boolean takeChanges() {
    return changed.getAndSet(false);
  }

  boolean isHere(Peer peer) {
    return seen(peer).here();
  }

  /** The peer's identity at its last answer. */
  Optional<String> peerId(Peer peer) {
    return Optional.ofNullable(seen(peer).peerId());
  }

  /** The peer's addresses at its last answer. */
  List<String> addresses(Peer peer) {
    return seen(peer).addresses();
  }

  /** Since when the peer has been away; empty if it is not. */
  Optional<Instant> awaySince(Peer peer) {
    return Optional.ofNullable(seen(peer).awaySince());
  }

  /** How long the peer has been away; zero if it is not. */
  Duration away(Peer peer) {
    return since(seen(peer).awaySince());
  }

  /** How long this pinner itself has seen it away; zero if it has not. */
  Duration missed(Peer peer) {
    return since(seen(peer).missedSince());
  }

  private Duration since(@Nullable Instant instant) {
    return instant == null ? Duration.ZERO : Duration.between(instant, clock.instant());
  }

  private Seen seen(Peer peer) {
    return orRecorded(peer, peers.get(peer.name()));
  }

  private Seen orRecorded(Peer peer, @Nullable Seen seen) {
    return seen != null ? seen : recorded.of(peer.name()).map(PeerWatch::seen).orElse(Seen.NEVER);
  }

  private static Seen seen(PeerState state) {
    Instant awaySince =
        switch (state.state()) {
          case AWAY, LOST -> state.stateSince();
          case UP, UNKNOWN -> null;
        };
    return new Seen(state.peerId(), state.addresses(), false, awaySince, null);
  }
}
