package dev.longshore.pinner;

import dev.longshore.catalog.Decisions;
import dev.longshore.catalog.PeerStates;
import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.PeerState;
import dev.longshore.model.PeerName;
import dev.longshore.rules.LeftGuard;
import dev.longshore.rules.LossGuard;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Operators' decisions on peers that are in force. */
final class PeerDecisions {
  /** More than a fleet has peers. */
  private static final int MOST = 10_000;

  private final Function<Class<? extends Decision>, List<DecisionState>> standing;

  PeerDecisions(Decisions decisions) {
    this(kind -> decisions.standing(kind, null, MOST));
  }

  private PeerDecisions(Function<Class<? extends Decision>, List<DecisionState>> standing) {
    this.standing = standing;
  }

  /** A snapshot, read at first use, for one look at very many images. */
  PeerDecisions asOfNow() {
    Map<Class<? extends Decision>, List<DecisionState>> read = new HashMap<>();
    return new PeerDecisions(kind -> read.computeIfAbsent(kind, standing));
  }

  /** The same with this drain added. */
  PeerDecisions andDraining(DecisionState drain) {
    return new PeerDecisions(
        kind ->
            kind == Decision.Drain.class
                ? Stream.concat(standing(kind), Stream.of(drain)).toList()
                : standing.apply(kind));
  }

  /** Names of peers that get no new copies, but keep those that they have. */
  Set<PeerName> onHold() {
    return peers(holds(), hold -> Optional.ofNullable(hold.peer()));
  }

  /** Names of peers whose copies move to others. */
  Set<PeerName> draining() {
    return peers(drains(), drain -> Optional.of(drain.peer()));
  }

  /** Name of the peer that replaces a draining one, if that was decided. */
  Optional<PeerName> replacement(PeerName peer) {
    return drains().stream()
        .filter(drain -> drain.peer().equals(peer))
        .flatMap(drain -> Stream.ofNullable(drain.to()))
        .findFirst();
  }

  /** When the peer was put on hold, if it is. */
  Optional<Instant> onHoldSince(PeerName peer) {
    return since(Decision.Hold.class, hold -> peer.equals(hold.peer()));
  }

  /** When its copies began to move, if they do. */
  Optional<Instant> drainingSince(PeerName peer) {
    return since(Decision.Drain.class, drain -> peer.equals(drain.peer()));
  }

  /** Whether an operator confirmed the guard for as many peers as are lost now. */
  boolean confirm(LossGuard guard) {
    return confirm(guard.id(), guard.count());
  }

  /**
   * Whether an operator confirmed the guard for these peers or more.
   *
   * @param states the records of peers
   */
  boolean confirm(LeftGuard guard, PeerStates states) {
    return standing(Decision.Confirm.class)
        .anyMatch(decision -> isConfirmedBy(guard, decision, states));
  }

  private static boolean isConfirmedBy(LeftGuard guard, DecisionState decision, PeerStates states) {
    Decision.Confirm confirm = decision.confirm();
    return confirm != null
        && guard.isConfirmedBy(
            confirm.guard(),
            Objects.requireNonNullElse(confirm.peers(), List.of()),
            decision.decidedAt(),
            peer -> states.of(peer).map(PeerState::stateSince));
  }

  /** When an operator last confirmed that the peer has left the settings for good. */
  Optional<Instant> leftForGoodAt(PeerName peer) {
    return standing(Decision.Confirm.class)
        .filter(decision -> decision.confirm() != null && isOfLeft(decision.confirm(), peer))
        .map(DecisionState::decidedAt)
        .max(Instant::compareTo);
  }

  private static boolean isOfLeft(Decision.Confirm confirm, PeerName peer) {
    return LeftGuard.isId(confirm.guard())
        && confirm.peers() != null
        && confirm.peers().contains(peer);
  }

  /** Whether an operator confirmed the guard for this number. */
  boolean confirm(String guard, long count) {
    return standing(Decision.Confirm.class)
        .flatMap(d -> Stream.ofNullable(d.confirm()))
        .anyMatch(confirm -> confirm.guard().equals(guard) && confirm.count() >= count);
  }

  private List<Decision.Hold> holds() {
    return standing(Decision.Hold.class).flatMap(d -> Stream.ofNullable(d.hold())).toList();
  }

  private List<Decision.Drain> drains() {
    return standing(Decision.Drain.class).flatMap(d -> Stream.ofNullable(d.drain())).toList();
  }

  private Stream<DecisionState> standing(Class<? extends Decision> kind) {
    return standing.apply(kind).stream();
  }

  private static <D> Set<PeerName> peers(List<D> all, Function<D, Optional<PeerName>> peer) {
    return all.stream().map(peer).flatMap(Optional::stream).collect(Collectors.toSet());
  }

  private <D extends Decision> Optional<Instant> since(Class<D> kind, Predicate<D> ofPeer) {
    return standing(kind)
        .filter(state -> state.decision().map(kind::cast).filter(ofPeer).isPresent())
        .map(DecisionState::decidedAt)
        .min(Instant::compareTo);
  }
}
