package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.NamedDag;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.PinState;
import dev.longshore.model.ImageDag;
import dev.longshore.model.MalformedCidException;
import dev.longshore.model.PeerName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests the step for images whose copies differ from what the rules want: first where copies are
 * missing, then where some have to go. Checks all images when settings were replaced, when a peer
 * becomes usable, and at an interval. The step decides itself, by the same function.
 */
final class Rebalancer {
  /** Interval of checking all images: surplus copies wait for their grace period anyway. */
  static final Duration EVERY = Duration.ofHours(1);

  /** Limit of images with surplus copies remembered while others are checked. */
  private static final int LATER = 10_000;

  /** Limit of consecutive looks while there is more to do than can be requested. */
  private static final int MOST_ROUNDS = 60;

  private static final int PAGE = 500;
  private static final Logger LOG = LoggerFactory.getLogger(Rebalancer.class);

  private final Catalog catalog;
  private final CatalogCompleteness sure;
  private final Peers peers;
  private final WantedCopies orders;
  private final PeerWatch watch;
  private final LostPeers losses;
  private final PeerDecisions decisions;
  private final MoveGuards held;
  private final Nudges nudges;
  private final InstantSource clock;
  private Set<PeerName> fit = Set.of();
  private int rounds;
  private final LookSchedule next = new LookSchedule();

  /** Bounds the looks, however often peers come and go. */
  private final LookSchedule rested = new LookSchedule();

  private boolean stopped = true;
  private Instant counted = Instant.MIN;

  Rebalancer(
      Catalog catalog,
      CatalogCompleteness sure,
      Peers peers,
      WantedCopies orders,
      PeerWatch watch,
      LostPeers losses,
      PeerDecisions decisions,
      MoveGuards held,
      Nudges nudges,
      InstantSource clock) {
    this.catalog = catalog;
    this.sure = sure;
    this.peers = peers;
    this.orders = orders;
    this.watch = watch;
    this.losses = losses;
    this.decisions = decisions;
    this.held = held;
    this.nudges = nudges;
    this.clock = clock;
  }

  /**
   * Checks all images, if due.
   *
   * @param nudge requests the step for a DAG; false if it is held elsewhere or the queue is full
   */
  void runIfDue(Predicate<String> nudge) {
    boolean isOld = held.stopsLeft() && !clock.instant().isBefore(counted.plus(EVERY));
    if (catalog.isWhole() && (!held.isCounted() || isOld)) {
      new Look(_ -> false).count();
    }
    if (!sure.tellsAll() || losses.guardStops()) {
      return;
    }
    Set<PeerName> able = fit();
    Instant begun = clock.instant();
    boolean stops = held.stops() || held.stopsLeft();
    boolean letGo = stops != stopped; // as was confirmed
    stopped = stops;
    if (!next.isDue(begun) && fit.containsAll(able) && !letGo) {
      fit = able;
      return;
    }
    if (!rested.isDue(begun)) {
      return;
    }
    fit = able;
    Look look = new Look(nudge);
    look.atAll();
    Instant ended = clock.instant();
    rounds = look.goesOn() && rounds < MOST_ROUNDS ? rounds + 1 : 0;
    next.after(begun, ended, rounds > 0 ? Duration.ZERO : EVERY);
    rested.after(begun, ended, Duration.ZERO);
  }

  private Set<PeerName> fit() {
    Set<PeerName> fit = new HashSet<>();
    for (Peer peer : peers.keepers()) {
      if (watch.isHere(peer) && !losses.isLost(peer)) {
        fit.add(peer.name());
      }
    }
    fit.removeAll(decisions.onHold());
    fit.removeAll(decisions.draining());
    return fit;
  }

  private interface Visitor {
    void at(PinState pin, CopiesState copies, @Nullable NamedDag named);
  }

  /** One look at all images. */
  private final class Look {
    private final Predicate<String> nudge;
    private final PeerDecisions standing = decisions.asOfNow();
    private final Instant stood = clock.instant().minus(CopyMoves.GRACE);
    private final List<ImageDag> later = new ArrayList<>();
    private final List<ImageDag> tooMany = new ArrayList<>();
    private final Set<PeerName> draining = standing.draining();
    private final MoveGuards.Count count = new MoveGuards.Count(peers, standing);
    private boolean asked;
    private boolean refused;

    Look(Predicate<String> nudge) {
      this.nudge = nudge;
    }

    /** Whether there was more to do than could be requested. */
    boolean goesOn() {
      return asked && refused;
    }

    void atAll() {
      forEach(this::at);
      counted();
      later.forEach(this::ask);
      if (!held.stops()) {
        tooMany.forEach(this::ask);
      }
    }

    /** Only counts the images that would lose copies. */
    void count() {
      forEach((pin, copies, named) -> count.add(pin, copies, orders.wanted(pin, named)));
      counted();
    }

    private void counted() {
      held.counted(count.moves(), count.left());
      counted = clock.instant();
    }

    private void forEach(Visitor visitor) {
      @Nullable ImageDag after = null;
      List<PinState> page;
      do {
        page = catalog.pins().page(after, PAGE);
        List<CopiesState> copies = catalog.copies().of(page);
        Map<ImageDag, NamedDag> named = catalog.conversions().named(page);
        for (int i = 0; i < page.size(); i++) {
          if (PinRecord.stays(page.get(i))) {
            visitor.at(page.get(i), copies.get(i), named.get(page.get(i).imageDag()));
          }
        }
        after = page.isEmpty() ? null : page.getLast().imageDag();
      } while (page.size() == PAGE && !Thread.currentThread().isInterrupted());
    }

    private void at(PinState pin, CopiesState copies, @Nullable NamedDag named) {
      try {
        CopyRule rule = orders.wanted(pin, named);
        List<Peer> holders = peers.verified(copies);
        count.add(pin, copies, rule);
        PlannedMove move =
            PlannedMove.of(pin.imageDag().cid(), rule, peers, holders, standing, fit);
        if (!move.come().isEmpty() || rule.copies() > pin.wanted()) {
          ask(pin.imageDag());
        } else if (rule.copies() < pin.wanted()
            || !move.leave().isEmpty()
            || (hasSurplus(copies) && haveStood(copies))) {
          boolean drains = move.leave().stream().anyMatch(p -> draining.contains(p.name()));
          List<ImageDag> which = drains ? later : tooMany;
          refused |= which.size() >= LATER;
          if (which.size() < LATER) {
            which.add(pin.imageDag());
          }
        }
      } catch (MalformedCidException e) {
        LOG.debug("a record of copies stays as it is: {}", e.getMessage());
      }
    }

    private boolean hasSurplus(CopiesState copies) {
      return copies.copies().stream()
          .anyMatch(copy -> copy.state() == CopyPhase.SURPLUS && !copy.changedAt().isAfter(stood));
    }

    private boolean haveStood(CopiesState copies) {
      return copies.copies().stream()
          .filter(copy -> copy.state() == CopyPhase.VERIFIED)
          .noneMatch(copy -> copy.changedAt().isAfter(stood));
    }

    private void ask(ImageDag dag) {
      boolean done = nudges.ask(dag, nudge);
      asked |= done;
      refused |= !done;
    }
  }
}
