package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogException;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.CatalogSubscription;
import dev.longshore.catalog.NameLooks;
import dev.longshore.catalog.served.Shown;
import dev.longshore.events.Topic;
import dev.longshore.model.Digest;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.service.lifecycle.Loop;
import dev.longshore.runtime.service.metrics.LoopTurn;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests the step for each name whose record in {@code served} is outdated: at each change of the
 * name, its images or their copies. Looks at all names of an assigned partition that the store does
 * not mark as looked at by the current rules. At an interval it looks at names that show nothing,
 * until their records end.
 *
 * <p>A change stays in the store until a look found nothing to do, so a request that is lost is
 * repeated, and a restart looks only at what changed.
 */
public final class NameWatch {
  private static final int PAGE = 500;

  /** Pause before another request to a partition whose queue was full. */
  private static final Duration REFUSED = Duration.ofMillis(50);

  /** Pause after a failure of the store, which is reported elsewhere. */
  private static final Duration BROKEN = Duration.ofSeconds(1);

  /** Longest wait before reading the clock. */
  private static final Duration IDLE = Duration.ofSeconds(2);

  /**
   * When changes that wait are looked at again, and how long after an assignment a partition that
   * is not assigned counts as another process's.
   */
  static final Duration AGAIN = Duration.ofMinutes(1);

  /** Interval of looking at names that show nothing: an hour more does not matter. */
  private static final Duration REMOVED_EVERY = Duration.ofHours(1);

  private static final Set<Topic> WATCHED =
      Set.of(Topic.TAGS, Topic.IMAGES, Topic.PINS, Topic.DECISIONS, Topic.SERVED);

  private static final Logger LOG = LoggerFactory.getLogger(NameWatch.class);

  private final Catalog catalog;
  private final NameLooks looks;
  private final Supplier<List<RuleSettings>> rules;
  private final InstantSource clock;
  private final LoopTurn turn;
  private final NameAssignments assignments;
  private final NameRequests requests;
  private final AllNames all;
  private final List<CatalogSubscription> subscriptions;
  private final Loop loop = new Loop("names", this::run);
  private final LookSchedule removed = new LookSchedule();
  private final Semaphore woken = new Semaphore(0);
  private final CountDownLatch never = new CountDownLatch(1);

  /** Of the rules of the last round. */
  private String print = "";

  /** Creates a watch over the names of the host's partitions without starting it. */
  NameWatch(
      Catalog catalog,
      ServedRecords names,
      Supplier<List<RuleSettings>> rules,
      StepHost host,
      InstantSource clock,
      LoopTurn turn) {
    this.catalog = catalog;
    this.looks = catalog.looks();
    this.rules = rules;
    this.clock = clock;
    this.turn = turn;
    this.assignments = new NameAssignments(looks, clock);
    this.requests = new NameRequests(catalog, names, rules, host, assignments, clock);
    this.all = new AllNames(catalog, requests, assignments);
    this.subscriptions = List.of(catalog.onChange(this::changed), catalog.onRebuilt(this::wake));
    host.onHeld(this::held);
  }

  private void changed(CatalogRecord record) {
    if (WATCHED.contains(record.topic())) {
      wake();
    }
  }

  private void held(int partition) {
    assignments.add(partition);
    requests.readFromFirst();
    wake();
  }

  /** Begins a round soon, as after a change of the rules. */
  void wake() {
    woken.release();
  }

  /** Starts to ask. */
  public void start() {
    loop.start();
  }

  /** Ends it. */
  public void stop(Duration limit) throws InterruptedException {
    subscriptions.forEach(CatalogSubscription::close);
    loop.stop(limit);
  }

  /** Why the watch has ended, if it failed. */
  public Optional<String> trouble() {
    return loop.trouble();
  }

  private void run() throws InterruptedException {
    while (true) {
      try {
        boolean isAll = round();
        turn.turned();
        if (!isAll) {
          pause(REFUSED);
        } else if (woken.tryAcquire(IDLE.toNanos(), TimeUnit.NANOSECONDS)) {
          woken.drainPermits();
        }
      } catch (CatalogException e) {
        LOG.warn("names wait for the local store: {}", e.getMessage());
        requests.readFromFirst();
        pause(BROKEN);
      }
    }
  }

  private void pause(Duration time) throws InterruptedException {
    var _ = never.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * Looks at all pending names, changed ones first.
   *
   * @return false if some are to be looked at again soon
   */
  public boolean round() {
    if (assignments.isFirstToCome()) {
      return true;
    }
    NameRound round = begin();
    boolean changes = requests.lookAtChanges(round);
    boolean others = all.look(round);
    lookAtRemoved();
    return changes && others && !requests.areOtherRules(round);
  }

  private NameRound begin() {
    looks.watch();
    requests.begin(clock.instant());
    List<RuleSettings> by = rules.get();
    String its = print(by);
    if (!its.equals(print)) {
      // First: what is looked at by these rules does not count for others.
      looks.endOthers(its);
      all.beginAgain();
      print = its;
    }
    return new NameRound(by, its, assignments.now(), looks.marked(its));
  }

  /** What the store has of rules, and of how they are applied. */
  static String print(List<RuleSettings> rules) {
    return Digest.of((Shown.VERSION + " " + rules).getBytes(StandardCharsets.UTF_8)).toString();
  }

  /** Whether a wait since then is over; a time to come is one of a clock that was set back. */
  static boolean isOver(@Nullable Instant since, Instant now) {
    return since != null && (now.isBefore(since) || !now.isBefore(since.plus(AGAIN)));
  }

  /** Their records end once every site should know; a refused one waits an hour. */
  private void lookAtRemoved() {
    Instant now = clock.instant();
    if (!removed.isDue(now)) {
      return;
    }
    removed.after(now, now, REMOVED_EVERY);
    Instant time = now.minus(ServedRecords.REMOVALS_KEPT);
    List<String> page = List.of();
    do {
      page = catalog.served().removedSince(time, page.isEmpty() ? null : page.getLast(), PAGE);
      page.forEach(requests::look);
    } while (page.size() == PAGE);
  }
}
