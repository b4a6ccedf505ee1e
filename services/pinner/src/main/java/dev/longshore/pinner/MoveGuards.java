package dev.longshore.pinner;

import dev.longshore.catalog.PeerStates;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.PinState;
import dev.longshore.model.Cid;
import dev.longshore.model.MalformedCidException;
import dev.longshore.model.PeerName;
import dev.longshore.rules.LeftGuard;
import dev.longshore.rules.MoveGuard;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether copies that rules no longer want are kept, because too many images would lose some at
 * once, and whether copies on peers that left the settings still count, because too many left at
 * once. Until both are counted, they are kept and count. Other missing copies are made regardless.
 */
final class MoveGuards {
  private static final Logger LOG = LoggerFactory.getLogger(MoveGuards.class);

  private static final Set<CopyPhase> THERE =
      EnumSet.of(
          CopyPhase.VERIFIED,
          CopyPhase.VERIFYING,
          CopyPhase.LOST,
          CopyPhase.MENDING,
          CopyPhase.SURPLUS,
          CopyPhase.UNKNOWN);

  private final PeerDecisions decisions;
  private final PeerStates states;
  private final InstantSource clock;
  private volatile boolean counted;
  private volatile Optional<MoveGuard> guard = Optional.empty();
  private volatile Optional<LeftGuard> left = Optional.empty();
  private volatile Instant guardSince = Instant.MIN;
  private volatile Instant leftSince = Instant.MIN;

  MoveGuards(PeerDecisions decisions, PeerStates states, InstantSource clock) {
    this.decisions = decisions;
    this.states = states;
    this.clock = clock;
  }

  boolean isCounted() {
    return counted;
  }

  /**
   * Sets the result of a count.
   *
   * @param moves the guard of copies that rules no longer want, if it stops anything
   * @param gone the guard of peers that left, if it stops anything
   */
  void counted(Optional<MoveGuard> moves, Optional<LeftGuard> gone) {
    boolean isNew = guard.isEmpty();
    boolean isLeftNew = !left.equals(gone);
    guardSince = isNew ? clock.instant() : guardSince;
    leftSince = isLeftNew ? clock.instant() : leftSince;
    guard = moves;
    left = gone;
    counted = true;
    if (isNew && stops()) {
      LOG.warn(
          "{} of {} images would lose copies at once by changed rules or labels, and keep them:"
              + " 'longshore plan moves' lists them, 'longshore guard confirm {} --reason TEXT'"
              + " lets the copies go",
          moves.orElseThrow().count(),
          moves.orElseThrow().of(),
          MoveGuard.ID);
    }
    if (isLeftNew && stopsLeft()) {
      LOG.warn(
          "{} of {} peers are no longer in the settings at once: {}; their copies still count:"
              + " 'longshore guard confirm {} --reason TEXT' has them made elsewhere",
          gone.orElseThrow().count(),
          gone.orElseThrow().of(),
          gone.orElseThrow().peers(),
          gone.orElseThrow().id());
    }
  }

  /** Whether copies on peers that left are not replaced yet. */
  boolean stopsLeft() {
    return left.filter(one -> !decisions.confirm(one, states)).isPresent();
  }

  /** Whether copies on a peer that left the settings count. */
  boolean countsThoughItLeft(PeerName peer) {
    return !counted || (left.filter(one -> one.peers().contains(peer)).isPresent() && stopsLeft());
  }

  /** The guards that hold something back, once counted. */
  List<StandingGuard> standing() {
    if (!counted) {
      return List.of();
    }
    StandingGuard ofLeft =
        left.filter(_ -> stopsLeft())
            .map(one -> new StandingGuard("left", one.peers(), 0, leftSince))
            .orElse(StandingGuard.none("left"));
    StandingGuard ofMoves =
        guard
            .filter(_ -> stops())
            .map(one -> new StandingGuard("moves", Set.of(), one.count(), guardSince))
            .orElse(StandingGuard.none("moves"));
    return List.of(ofLeft, ofMoves);
  }

  boolean stops() {
    return !counted
        || guard.filter(one -> !decisions.confirm(MoveGuard.ID, one.count())).isPresent();
  }

  /** Counts what settings would change, image by image. */
  static final class Count {
    private final Peers peers;
    private final PeerDecisions decisions;
    private final Set<PeerName> keepers;
    private final Set<PeerName> left = new HashSet<>();
    private long images;
    private long losing;

    Count(Peers peers, PeerDecisions decisions) {
      this.peers = peers;
      this.decisions = decisions;
      this.keepers = peers.keepers().stream().map(Peer::name).collect(Collectors.toSet());
    }

    void add(PinState pin, CopiesState copies, CopyRule rule) {
      List<Peer> holders = peers.verified(copies).stream().filter(peers::isConfigured).toList();
      images++;
      losing += letsGo(pin, copies, rule, holders) ? 1 : 0;
      // Not the rule's number: settings that lack peers may also ask for fewer copies.
      if (holders.size() < pin.wanted()) {
        copies.copies().stream()
            .filter(copy -> copy.state() == CopyPhase.VERIFIED)
            .map(CopiesState.Copy::peer)
            .filter(peer -> !peers.isConfigured(peer))
            .forEach(left::add);
      }
    }

    /**
     * Whether the image would lose copies because its rule wants fewer, or a label that their peers
     * lack. Copies in excess because a peer came back, or better placed elsewhere, may go.
     */
    private boolean letsGo(PinState pin, CopiesState copies, CopyRule rule, List<Peer> holders) {
      boolean isTooMuch = rule.copies() < pin.wanted() && there(copies) > rule.copies();
      return (isTooMuch || areMisplaced(holders, rule)) && canBePlaced(pin, rule, holders);
    }

    private boolean areMisplaced(List<Peer> holders, CopyRule rule) {
      Set<PeerName> draining = decisions.draining();
      return holders.stream()
          .filter(peer -> !draining.contains(peer.name()))
          .anyMatch(peer -> !rule.placement().allows(peer.place().labels()));
    }

    /** Copies on peers, those that are away included. */
    private long there(CopiesState copies) {
      return copies.copies().stream()
          .filter(copy -> THERE.contains(copy.state()) && peers.isConfigured(copy.peer()))
          .count();
    }

    /** Nothing goes before others have enough; a peer that takes no copy now may do so later. */
    private boolean canBePlaced(PinState pin, CopyRule rule, List<Peer> holders) {
      try {
        Cid dag = pin.imageDag().cid();
        return PlannedMove.of(dag, rule, peers, holders, decisions, keepers).missing() == 0;
      } catch (MalformedCidException e) {
        LOG.debug("no step lets copies go by a record of them: {}", e.getMessage());
        return false;
      }
    }

    Optional<MoveGuard> moves() {
      return MoveGuard.of(losing, images);
    }

    Optional<LeftGuard> left() {
      return LeftGuard.of(left, peers.keepers().size());
    }
  }
}
