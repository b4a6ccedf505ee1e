package dev.longshore.app.decision;

import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.query.list.ListedPeer;
import dev.longshore.catalog.Decisions;
import dev.longshore.events.Decision;
import dev.longshore.events.Decision.Drain;
import dev.longshore.events.Decision.Hold;
import dev.longshore.events.DecisionState;
import dev.longshore.events.DecisionState.Undone;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.config.PeerSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Decisions about the peers that keep copies. */
public final class PeerDeciding {
  /** More than stand at once. */
  private static final int MOST = 10_000;

  private final Decisions decisions;
  private final List<PeerName> keepers;
  private final Clock clock;
  private final String by;

  /**
   * @param by who decides
   */
  public PeerDeciding(Decisions decisions, List<PeerSettings> peers, Clock clock, String by) {
    this.decisions = decisions;
    this.keepers = ListedPeer.keepers(peers);
    this.clock = clock;
    this.by = by;
  }

  /**
   * All copies of a peer are to move.
   *
   * @param to the peer that takes its place; null if any may
   */
  public DecisionState drain(String name, @Nullable String to, String reason)
      throws QueryException {
    PeerName peer = keeper(name);
    PeerName other = to == null ? null : keeper(to);
    if (peer.equals(other)) {
      throw new QueryException("peer %s cannot take its own place".formatted(peer));
    }
    if (isDecided(Drain.class, drain -> drain.peer().equals(peer))) {
      throw new QueryException(
          "peer %s drains already; 'longshore peer list' shows how far it is".formatted(peer));
    }
    return decide("drain", peer, new Drain(peer, other), reason, null);
  }

  /** A peer is to get no new copies, for a time or until that is taken back. */
  public DecisionState hold(String name, @Nullable Duration time, String reason)
      throws QueryException {
    PeerName peer = keeper(name);
    if (isDecided(Hold.class, hold -> peer.equals(hold.peer()))) {
      throw new QueryException("peer %s is on hold already".formatted(peer));
    }
    return decide("hold", peer, new Hold(peer, null), reason, time);
  }

  /** What a peer's draining is once it was taken back, also of one that has left the settings. */
  public List<DecisionState> undrain(String name, String reason) throws QueryException {
    PeerName peer = new PeerName(name);
    return undo(Drain.class, drain -> drain.peer().equals(peer), peer + " does not drain", reason);
  }

  public List<DecisionState> unhold(String name, String reason) throws QueryException {
    PeerName peer = new PeerName(name);
    return undo(Hold.class, hold -> peer.equals(hold.peer()), peer + " is not on hold", reason);
  }

  private DecisionState decide(
      String what, PeerName peer, Decision decision, String reason, @Nullable Duration time) {
    return DecisionState.of(
        "%s-%s-%s".formatted(what, peer, UUID.randomUUID()),
        decision,
        by,
        reason,
        clock.instant(),
        time == null ? null : clock.instant().plus(time));
  }

  private <D extends Decision> boolean isDecided(Class<D> kind, Predicate<D> ofPeer) {
    return !standing(kind, ofPeer).isEmpty();
  }

  private <D extends Decision> List<DecisionState> undo(
      Class<D> kind, Predicate<D> ofPeer, String otherwise, String reason) throws QueryException {
    List<DecisionState> standing = standing(kind, ofPeer);
    if (standing.isEmpty()) {
      throw new QueryException("peer %s; nothing is taken back".formatted(otherwise));
    }
    return standing.stream()
        .map(decision -> decision.undone(new Undone(by, reason, clock.instant())))
        .toList();
  }

  private <D extends Decision> List<DecisionState> standing(Class<D> kind, Predicate<D> ofPeer) {
    return decisions.standing(kind, null, MOST).stream()
        .filter(state -> state.decision().map(kind::cast).filter(ofPeer).isPresent())
        .toList();
  }

  private PeerName keeper(String name) throws QueryException {
    PeerName peer = new PeerName(name);
    if (!keepers.contains(peer)) {
      throw new QueryException(
          "peer: %s (expected: one of peers that keeps copies: %s)"
              .formatted(
                  name, String.join(", ", keepers.stream().map(Objects::toString).toList())));
    }
    return peer;
  }
}
