package dev.longshore.pinner;

import dev.longshore.catalog.PeerStates;
import dev.longshore.events.PeerPhase;
import dev.longshore.model.PeerName;
import dev.longshore.rules.LossGuard;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which copies count as lost because their peer has been away too long. While a guard stops
 * repairs, only images down to one copy are repaired, until an operator confirms it.
 */
final class LostPeers {
  private static final int TENTH = 10;

  private final Peers peers;
  private final PeerWatch watch;
  private final PeerDecisions decisions;
  private final PeerStates states;
  private final MoveGuards held;
  private final Predicate<Peer> leftLately;
  private final Duration lostAfter;

  /**
   * @param leftLately whether the peer left the settings so recently that it counts as away
   * @param lostAfter how long a peer must be away for its copies to count as lost
   */
  LostPeers(
      Peers peers,
      PeerWatch watch,
      PeerDecisions decisions,
      PeerStates states,
      MoveGuards held,
      Predicate<Peer> leftLately,
      Duration lostAfter) {
    this.peers = peers;
    this.watch = watch;
    this.decisions = decisions;
    this.states = states;
    this.held = held;
    this.leftLately = leftLately;
    this.lostAfter = lostAfter;
  }

  /** The holders of an image whose copies count as lost. */
  List<Peer> among(List<Peer> holders) {
    List<Peer> lost = holders.stream().filter(peer -> isLost(peer) || hasLeft(peer)).toList();
    return !guardStops() || isLastCopy(holders.size() - lost.size()) ? lost : List.of();
  }

  /** Whether so many peers are lost at once that only images in danger are repaired. */
  boolean guardStops() {
    return held.stopsLeft() || guard().isPresent();
  }

  /** The guard of lost peers, if it stops anything and nobody confirmed it. */
  Optional<LossGuard> guard() {
    List<Peer> keepers = peers.keepers();
    if (keepers.stream().noneMatch(this::isLost)) {
      return Optional.empty();
    }
    Map<PeerName, Instant> lost = new HashMap<>();
    for (Peer peer : keepers) {
      if (isLost(peer) || isAboutToBe(peer)) {
        watch.awaySince(peer).ifPresent(since -> lost.put(peer.name(), since));
      }
    }
    return LossGuard.of(lost, keepers.size()).filter(guard -> !isConfirmed(guard));
  }

  /** Peers that went together are not noticed at one moment, nor by all pinners at once. */
  private boolean isAboutToBe(Peer peer) {
    Duration almost = lostAfter.minus(lostAfter.dividedBy(TENTH));
    return watch.away(peer).compareTo(almost) >= 0;
  }

  /** By the records, which people see: each pinner has its own times. */
  private boolean isConfirmed(LossGuard here) {
    Map<PeerName, Instant> recorded = new HashMap<>();
    for (Peer peer : peers.keepers()) {
      states
          .of(peer.name())
          .filter(state -> state.state() == PeerPhase.LOST)
          .ifPresent(state -> recorded.put(peer.name(), state.stateSince()));
    }
    return LossGuard.of(recorded, peers.keepers().size())
        .filter(guard -> guard.peers().containsAll(here.peers()) && decisions.confirm(guard))
        .isPresent();
  }

  private static boolean isLastCopy(int left) {
    return left <= 1;
  }

  /**
   * Whether the peer has been away that long. A record by another pinner, or by this one before a
   * restart, is not enough: the peer may be back, or slow to start.
   */
  boolean isLost(Peer peer) {
    return watch.away(peer).compareTo(lostAfter) >= 0
        && watch.missed(peer).compareTo(lostAfter.dividedBy(TENTH)) >= 0;
  }

  /** Until that is counted, nothing is done about it. */
  private boolean hasLeft(Peer peer) {
    return held.isCounted() && !peers.isConfigured(peer.name()) && !leftLately.test(peer);
  }

  /** Why a copy on the peer counts as lost. */
  CopyEvent.PeerLost reason(Peer peer) {
    if (!peers.isConfigured(peer.name())) {
      return new CopyEvent.PeerLost(
          "peer %s is not in the settings any more".formatted(peer.name()));
    }
    return new CopyEvent.PeerLost(
        "peer %s has been away, or could not list its pins, for %d s, longer than pinner.lost-after"
            .formatted(peer.name(), watch.away(peer).toSeconds()));
  }
}
