package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.CatalogSubscription;
import dev.longshore.catalog.retention.Surplus;
import dev.longshore.catalog.retention.Surplus.Going;
import dev.longshore.catalog.retention.Surplus.HeldRelease;
import dev.longshore.catalog.retention.Surplus.Verdict;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.Topic;
import dev.longshore.model.ImageDag;
import dev.longshore.model.RepositoryName;
import dev.longshore.rules.Rules;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests the step for images that no rule keeps, until they are gone, and for those that are
 * wanted again. Checks a repository when something in it changed or something expires, which the
 * previous check predicts. Without {@code keep} in any rule nothing goes.
 */
final class Retention {
  /** How long an unwanted image stays: a tag may move back. */
  static final Duration GRACE = Duration.ofHours(1);

  /** Time before a request is repeated, as the step may take long or a peer may be away. */
  private static final Duration AGAIN = Duration.ofMinutes(1);

  /** How long records of removed images stay, so that all followers see them. */
  static final Duration RECORDS_STAY = Duration.ofDays(1);

  private static final Duration GONE_EVERY = Duration.ofHours(1);

  /** Interval of checking replaced images: they are rare, and there is no hurry. */
  private static final Duration FORMER_EVERY = Duration.ofMinutes(10);

  private static final String GUARD = "releases";

  private static final int PAGE = 500;
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  private final Catalog catalog;
  private final CatalogCompleteness sure;
  private final Rules rules;
  private final Surplus surplus;
  private final Nudges nudges;
  private final LostPeers losses;
  private final InventoryDifferences doubts;
  private final InstantSource clock;
  private List<CatalogSubscription> subscriptions = List.of();

  /** When each repository is checked next. */
  private final Map<RepositoryName, Instant> next = new ConcurrentHashMap<>();

  private volatile boolean ended;
  private volatile boolean all = true;
  private volatile boolean changed = true;

  /** Repositories stopped by guards; null before the first check. */
  private volatile @Nullable Set<RepositoryName> held;

  /** What they stop, for metrics. */
  private volatile StandingGuard standing = StandingGuard.none(GUARD);

  private final LookSchedule rested = new LookSchedule();
  private final LookSchedule gone = new LookSchedule();
  private final LookSchedule former = new LookSchedule();

  Retention(
      Catalog catalog,
      CatalogCompleteness sure,
      Rules rules,
      LostPeers losses,
      Nudges nudges,
      InventoryDifferences doubts,
      InstantSource clock) {
    this.catalog = catalog;
    this.sure = sure;
    this.rules = rules;
    this.surplus = new Surplus(catalog, rules);
    this.nudges = nudges;
    this.losses = losses;
    this.doubts = doubts;
    this.clock = clock;
  }

  /** These rules take effect. */
  void begin() {
    if (!rules.keepAll()) {
      subscriptions = List.of(catalog.onChange(this::changed), catalog.onRebuilt(this::lookAtAll));
      lookAtAll(); // of what changed until now nobody told
    }
  }

  /** Other rules take effect: steps that still end with these release nothing any more. */
  void end() {
    ended = true;
    subscriptions.forEach(CatalogSubscription::close);
  }

  private void changed(CatalogRecord record) {
    Topic topic = record.topic();
    if (topic == Topic.TAGS
        || topic == Topic.IMAGES
        || topic == Topic.PULLS
        || topic == Topic.DECISIONS) {
      Collection<RepositoryName> touched = surplus.changed(record);
      touched.forEach(repository -> next.put(repository, Instant.MIN));
      if (!touched.isEmpty()) {
        changed = true;
      }
    }
  }

  private void lookAtAll() {
    surplus.forgetAll();
    all = true;
  }

  /** Whether the image is wanted, by current knowledge. */
  Verdict verdict(ImageDag dag) {
    Verdict verdict = surplus.verdict(dag);
    boolean isDoubtful = !isSure() || (isFormer(dag) && losses.guardStops());
    return verdict == Verdict.TO_GO && isDoubtful ? Verdict.UNKNOWN : verdict;
  }

  /** Whether it was replaced, and only its replacements lead to it. */
  boolean isFormer(ImageDag dag) {
    return catalog.conversions().firstByDag(dag).isEmpty()
        && !catalog.conversions().inPlaceOf(dag).isEmpty();
  }

  /** Whether no image leads to it any longer, by current knowledge. */
  boolean isUnknown(ImageDag dag) {
    return isSure() && catalog.conversions().firstByDag(dag).isEmpty();
  }

  /** Whether the rules are in effect and the catalog is complete. */
  private boolean isSure() {
    return !ended && sure.tellsAll();
  }

  /** Whether its grace period is over, and no guard stops its release. */
  boolean mayGo(ImageDag dag, Instant since) {
    if (clock.instant().isBefore(since.plus(GRACE))) {
      return false;
    }
    List<ImageState> images = catalog.conversions().recordsByDag(dag);
    // A replaced image is not released by a rule, so no guard stops it.
    return images.isEmpty() || images.stream().noneMatch(image -> stops(image.name()));
  }

  /**
   * One round.
   *
   * @param nudge requests the step for an image DAG; false if another process holds it, or the
   *     queue is full
   */
  void ask(Predicate<String> nudge) {
    Instant now = clock.instant();
    if (!rested.isDue(now)) {
      return;
    }
    try {
      if (isSure()) {
        look(now, nudge);
      }
      if (changed || gone.isDue(now)) {
        changed = false;
        askForWantedAgain(nudge);
      }
      if (gone.isDue(now)) {
        gone.after(now, now, GONE_EVERY);
        lookAtGone(now, nudge);
      }
      if (former.isDue(now)) {
        former.after(now, now, FORMER_EVERY);
        lookAtFormer(nudge);
      }
    } finally {
      rested.after(now, clock.instant(), Duration.ZERO);
    }
  }

  private void look(Instant now, Predicate<String> nudge) {
    boolean done = false;
    try {
      lookAtDue(now, nudge);
      done = true;
    } finally {
      if (!done) {
        all = true; // those that were due are no longer among the next
      }
    }
  }

  private void lookAtDue(Instant now, Predicate<String> nudge) {
    if (all) {
      all = false;
      surplus.repositories().forEach(repository -> next.putIfAbsent(repository, Instant.MIN));
    }
    Set<RepositoryName> due = new HashSet<>();
    next.forEach(
        (repository, at) -> {
          if (!now.isBefore(at) && next.remove(repository, at)) {
            due.add(repository);
          }
        });
    if (due.isEmpty()) {
      return;
    }
    Map<RepositoryName, Instant> again = new HashMap<>();
    due.forEach(repository -> again.put(repository, surplus.look(repository, now)));
    lookAtGuards(now);
    again.forEach(
        (repository, at) -> {
          Instant earliest = at;
          for (Going going : surplus.going(repository)) {
            Instant its = ask(going, now, nudge);
            earliest = its.isBefore(earliest) ? its : earliest;
          }
          if (earliest.isBefore(Instant.MAX)) {
            next.merge(repository, earliest, (a, b) -> a.isBefore(b) ? a : b);
          }
        });
    changed = true;
  }

  private void lookAtGuards(Instant now) {
    Set<RepositoryName> before = held == null ? Set.of() : held;
    Set<RepositoryName> stopped = new HashSet<>();
    long images = 0;
    @Nullable Instant since = null;
    for (HeldRelease one : surplus.held(now)) {
      if (!one.confirmed()) {
        stopped.addAll(one.repositories());
        images += one.guard().count();
        since = since == null || one.guard().since().isBefore(since) ? one.guard().since() : since;
        if (!before.containsAll(one.repositories())) {
          LOG.warn(
              "{} of {} images of {} are no longer wanted at once, and wait: 'longshore guard"
                  + " confirm {} --reason TEXT' lets them go",
              one.guard().count(),
              one.guard().of(),
              one.guard().repository() == null ? "all repositories" : one.guard().repository(),
              one.guard().id());
        }
      }
    }
    held = Set.copyOf(stopped);
    standing = new StandingGuard(GUARD, Set.of(), images, since);
    before.stream()
        .filter(repository -> !stopped.contains(repository))
        .forEach(repository -> next.put(repository, now));
  }

  /** What waits for an operator before it is released. */
  StandingGuard guard() {
    return standing;
  }

  /** Returns when to check it again. */
  private Instant ask(Going going, Instant now, Predicate<String> nudge) {
    ImageDag dag = going.image().imageDag();
    return switch (going.phase()) {
      case KEPT, UNKNOWN -> {
        var _ = nudges.ask(dag, nudge);
        yield now.plus(AGAIN);
      }
      case SURPLUS -> {
        Instant over = since(going.pin().orElseThrow()).plus(GRACE);
        if (now.isBefore(over)) {
          yield over;
        }
        if (stops(going.repository())) {
          yield Instant.MAX; // until the guard's cause, or a decision, changes something
        }
        var _ = nudges.ask(dag, nudge);
        yield now.plus(AGAIN);
      }
      case RELEASING, GONE -> Instant.MAX; // the inventory sees to it
    };
  }

  private boolean stops(RepositoryName repository) {
    Set<RepositoryName> stopped = held;
    return stopped == null || stopped.contains(repository);
  }

  private static Instant since(PinState pin) {
    return pin.stateSince() == null ? pin.changedAt() : pin.stateSince();
  }

  /** Images no longer to be removed are verified again. */
  private void askForWantedAgain(Predicate<String> nudge) {
    for (PinPhase phase : List.of(PinPhase.SURPLUS, PinPhase.RELEASING)) {
      for (PinState pin : going(phase)) {
        if (isWantedAgain(pin.imageDag())) {
          var _ = nudges.ask(pin.imageDag(), nudge);
        }
      }
    }
  }

  private boolean isWantedAgain(ImageDag dag) {
    return surplus.verdict(dag) == Verdict.WANTED && !catalog.decisions().isForgotten(dag);
  }

  /** Records end once no image leads there; an image wanted again may have blocks left. */
  private void lookAtGone(Instant now, Predicate<String> nudge) {
    for (PinState pin : going(PinPhase.GONE)) {
      ImageDag dag = pin.imageDag();
      boolean unknown = catalog.conversions().firstByDag(dag).isEmpty();
      if (unknown && !now.isBefore(since(pin).plus(RECORDS_STAY))) {
        var _ = nudges.ask(dag, nudge);
      } else if (!unknown && isWantedAgain(dag)) {
        doubts.raise(dag, new InventoryDifferences.Doubt(Set.of(), true));
        var _ = nudges.ask(dag, nudge);
      }
    }
  }

  /** Another image replaced it: no rule has to release it. */
  private void lookAtFormer(Predicate<String> nudge) {
    @Nullable ImageDag after = null;
    List<ImageDag> page;
    do {
      page = catalog.conversions().former(after, PAGE);
      for (ImageDag dag : page) {
        boolean stays = catalog.pins().of(dag).filter(PinRecord::stays).isPresent();
        if (stays && verdict(dag) == Verdict.TO_GO) {
          var _ = nudges.ask(dag, nudge);
        }
      }
      after = page.isEmpty() ? null : page.getLast();
    } while (page.size() == PAGE);
  }

  private List<PinState> going(PinPhase phase) {
    List<PinState> found = new ArrayList<>();
    @Nullable ImageDag after = null;
    List<PinState> page;
    do {
      page = catalog.pins().going(phase, after, PAGE);
      found.addAll(page);
      after = page.isEmpty() ? null : page.getLast().imageDag();
    } while (page.size() == PAGE);
    return found;
  }
}
