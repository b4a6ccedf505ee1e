package dev.longshore.pinner;

import dev.longshore.catalog.PeerStates;
import dev.longshore.events.PeerPhase;
import dev.longshore.events.PeerState;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** What is recorded of the peers that keep copies, so that it outlives the pinner. */
final class PeerRecords {
  private final Peers peers;
  private final PeerWatch watch;
  private final Losses losses;
  private final Storage storage;
  private final PeerDecisions decisions;
  private final PeerStates recorded;
  private final InstantSource clock;

  PeerRecords(
      Peers peers,
      PeerWatch watch,
      Losses losses,
      Storage storage,
      PeerDecisions decisions,
      PeerStates recorded,
      InstantSource clock) {
    this.peers = peers;
    this.watch = watch;
    this.losses = losses;
    this.storage = storage;
    this.decisions = decisions;
    this.recorded = recorded;
    this.clock = clock;
  }

  /** Peers of which more is known than their records say. */
  List<Peer> outdated() {
    return peers.keepers().stream().filter(peer -> newer(peer).isPresent()).toList();
  }

  /**
   * The first record of a peer. It is written with the peer's first copy, by whoever made that, so
   * that all who read of the copy find the peer.
   */
  Optional<PeerState> first(Peer peer) {
    return recorded.of(peer.name()).isPresent() ? Optional.empty() : newer(peer);
  }

  /** What the record of the peer is to say, if it does not say so already. */
  Optional<PeerState> newer(Peer peer) {
    Optional<PeerState> last = recorded.of(peer.name());
    return phase(peer)
        .map(phase -> now(peer, phase, last))
        .filter(now -> !last.equals(Optional.of(now)));
  }

  /** Nothing of a peer that was not asked yet. */
  private Optional<PeerPhase> phase(Peer peer) {
    if (watch.awaySince(peer).isPresent()) {
      return Optional.of(losses.isLost(peer) ? PeerPhase.LOST : PeerPhase.AWAY);
    }
    return watch.isHere(peer) ? Optional.of(PeerPhase.UP) : Optional.empty();
  }

  private PeerState now(Peer peer, PeerPhase phase, Optional<PeerState> last) {
    return new PeerState(
        peer.name(),
        watch.peerId(peer).orElse(null),
        watch.addresses(peer),
        peer.zone(),
        phase,
        watch.awaySince(peer).orElseGet(() -> upSince(last)),
        storage.lacksRoom(peer) ? last.map(PeerState::fullSince).orElseGet(clock::instant) : null,
        decisions.onHoldSince(peer.name()).orElse(null),
        decisions.drainingSince(peer.name()).orElse(null),
        last.map(PeerState::freeBytes).orElse(null),
        last.map(PeerState::totalBytes).orElse(null),
        last.map(PeerState::scrub).orElse(null));
  }

  private Instant upSince(Optional<PeerState> last) {
    return last.filter(state -> state.state() == PeerPhase.UP)
        .map(PeerState::stateSince)
        .orElseGet(clock::instant);
  }
}
