package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Decision;
import dev.longshore.events.PinState;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.pinner.InventoryDifferences.Doubt;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Compares peers' pins with the records, and requests the step where they differ. It changes
 * nothing itself: the step checks that peer first.
 */
final class Inventory {
  /** Rounds of the repair between two inventories without a special reason. */
  private static final int ROUNDS = 6;

  /**
   * Images without a known copy to search for in one inventory: each that nobody has keeps the
   * asked peers busy until the stall limit.
   */
  private static final int LOOKED_FOR = 4;

  /** Images remembered until they can be requested, in some ten megabytes. */
  static final int LATER = 50_000;

  private final Catalog catalog;
  private final Peers peers;
  private final PeerWatch watch;
  private final LostPeers losses;
  private final InventoryDifferences doubts;
  private final PeerDecisions decisions;
  private final Nudges nudges;
  private final PinListing listing;
  private final RecordChanges changes;
  private final RottenParts rotten;
  private final PinLimits limits;
  private final Duration interval;
  private final InstantSource clock;
  private final Map<ImageDag, Doubt> later = new LinkedHashMap<>();
  private final LookSchedule next = new LookSchedule();

  /** The next inventory, if the last found more than could be remembered. */
  private final LookSchedule more = new LookSchedule();

  private boolean foundMore;

  /** The next inventory because of a decision to forget: pins that no record knows may be of it. */
  private final LookSchedule decided = new LookSchedule();

  private long forgets;

  private @Nullable ImageDag lookedFor;

  /** What the last inventory saw, if it found no difference; null otherwise. */
  private InventoryRound.@Nullable Seen settled;

  /**
   * An inventory before its first comparison.
   *
   * @param repairInterval pause between two rounds of the repair
   */
  Inventory(
      Catalog catalog,
      Peers peers,
      PeerWatch watch,
      LostPeers losses,
      InventoryDifferences doubts,
      PeerDecisions decisions,
      Nudges nudges,
      PinListing listing,
      RecordChanges changes,
      RottenParts rotten,
      PinLimits limits,
      Duration repairInterval,
      InstantSource clock) {
    this.catalog = catalog;
    this.peers = peers;
    this.watch = watch;
    this.losses = losses;
    this.doubts = doubts;
    this.decisions = decisions;
    this.nudges = nudges;
    this.listing = listing;
    this.changes = changes;
    this.rotten = rotten;
    this.limits = limits;
    this.interval = repairInterval;
    this.clock = clock;
  }

  /**
   * Requests what the last inventory could not yet request, and takes the next one if a peer has
   * come or it is due.
   *
   * @param host requests the step for a DAG
   */
  void runIfDue(Hosted host) {
    askForLater(host);
    Instant begun = clock.instant();
    boolean goesOn = foundMore && later.isEmpty() && more.isDue(begun);
    long known = catalog.decisions().count(Decision.Forget.class);
    boolean isDecided = known != forgets && decided.isDue(begun);
    if (!watch.takeChanges() && !next.isDue(begun) && !goesOn && !isDecided) {
      return;
    }
    // Otherwise a record about to arrive would seem missing.
    boolean all = catalog.isWhole() && !host.gapIsOpen().getAsBoolean();
    forgets = known;
    long changed = changes.count();
    PinListing.Pins pins = all ? listing.readAll() : listing.readKnown();
    later.clear();
    InventoryRound round =
        new InventoryRound(
            catalog,
            peers,
            watch,
            losses,
            decisions,
            rotten,
            pins.byPeer(),
            all,
            (dag, doubt) -> askOrRemember(dag, doubt, host),
            clock);
    Optional<InventoryRound.Seen> seen = round.seen(changed);
    if (seen.isPresent() && seen.get().equals(settled)) {
      round.sampleAll();
    } else {
      round.compare(Set.of());
      round.askFor(pins.unrecorded());
      settled = seen.filter(_ -> round.foundNothing()).orElse(null);
    }
    round.askFor(pins.forgotten());
    Set<PeerName> hollow = round.withoutBlocks(limits.call());
    if (!hollow.isEmpty()) {
      settled = null;
      round.compare(hollow);
    }
    lookForSome(host.nudge());
    Instant ended = clock.instant();
    next.after(begun, ended, interval.multipliedBy(ROUNDS));
    more.after(begun, ended, interval);
    decided.after(begun, ended, interval);
    foundMore = later.size() >= LATER;
  }

  private void askForLater(Hosted host) {
    Set<Integer> full = new HashSet<>();
    later
        .entrySet()
        .removeIf(
            one -> {
              String key = PinState.key(one.getKey());
              int partition = KeyPartitions.of(key);
              if (full.contains(partition)) {
                return false;
              }
              boolean done =
                  ask(one.getKey(), one.getValue(), host.nudgeWithRoom())
                      || !host.holds().test(key);
              if (!done) {
                full.add(partition);
              }
              return done;
            });
  }

  /** In turn, so that images nobody has do not delay others. */
  private void lookForSome(Predicate<String> nudge) {
    List<PinState> without = catalog.pins().below(1, lookedFor, LOOKED_FOR);
    for (PinState state : without) {
      ask(state.imageDag(), new Doubt(Set.of(), true), nudge);
    }
    lookedFor = without.size() < LOOKED_FOR ? null : without.getLast().imageDag();
  }

  private void askOrRemember(ImageDag dag, Doubt doubt, Hosted host) {
    if (ask(dag, doubt, host.nudgeWithRoom())
        || !host.holds().test(PinState.key(dag))
        || (later.size() >= LATER && !later.containsKey(dag))) {
      return;
    }
    later.merge(dag, doubt, (before, now) -> before.with(now.peers()));
  }

  private boolean ask(ImageDag dag, Doubt doubt, Predicate<String> nudge) {
    doubts.raise(dag, doubt);
    boolean asked = nudges.ask(dag, nudge);
    if (!asked) {
      doubts.take(dag);
    }
    return asked;
  }
}
