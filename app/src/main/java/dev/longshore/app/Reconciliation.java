package dev.longshore.app;

import dev.longshore.catalog.CatalogException;
import dev.longshore.runtime.kafka.Gap;
import dev.longshore.runtime.kafka.KeyPartitions;
import dev.longshore.runtime.lifecycle.Loop;
import dev.longshore.runtime.lifecycle.Part;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes good for the events that a gap in their topic swallowed: has the step look at each key that
 * the state shows to lack a result, until none does.
 */
final class Reconciliation implements Part {
  /** A key that the step was asked to look at is left to it for so long. */
  static final Duration AGAIN = Duration.ofMinutes(10);

  private static final Duration PAUSE = Duration.ofSeconds(2);

  /** How much rarer it is looked whether the step has got on than whether it takes what waits. */
  private static final int PATIENCE = 30;

  private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);

  private final BlockingQueue<Gap> gaps;
  private final CatchUp catalog;
  private final Supplier<List<String>> missed;
  private final Predicate<String> nudge;
  private final Duration pause;
  private final Clock clock;
  private final Set<Integer> partitions = new HashSet<>();
  private final Map<String, Instant> asked = new HashMap<>();
  private boolean refused;
  private final Loop loop = new Loop("reconciliation", this::run);

  /** Brings the catalog to the end of its topics. */
  @FunctionalInterface
  interface CatchUp {
    void await(Duration limit) throws InterruptedException, TimeoutException;
  }

  /**
   * @param gaps where the service's host tells of them
   * @param missed keys without a result, by the catalog
   * @param nudge has the step look at a key; false when it will not now
   */
  Reconciliation(
      BlockingQueue<Gap> gaps,
      CatchUp catalog,
      Supplier<List<String>> missed,
      Predicate<String> nudge,
      Clock clock) {
    this(gaps, catalog, missed, nudge, PAUSE, clock);
  }

  Reconciliation(
      BlockingQueue<Gap> gaps,
      CatchUp catalog,
      Supplier<List<String>> missed,
      Predicate<String> nudge,
      Duration pause,
      Clock clock) {
    this.gaps = gaps;
    this.catalog = catalog;
    this.missed = missed;
    this.nudge = nudge;
    this.pause = pause;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "reconciliation";
  }

  @Override
  public void start() {
    loop.start();
  }

  /** That what was missed is not made good any more, and why. */
  Optional<String> trouble() {
    return loop.trouble();
  }

  private void run() throws InterruptedException {
    while (true) {
      awaitWork();
      refused = true;
      try {
        refused = !lookAgain();
      } catch (TimeoutException | CatalogException e) {
        LOG.info("what was missed cannot be found yet: {}", e.getMessage());
      }
    }
  }

  private void awaitWork() throws InterruptedException {
    long nanos = pause.toNanos() * (refused ? 1 : PATIENCE);
    Gap gap = partitions.isEmpty() ? gaps.take() : gaps.poll(nanos, TimeUnit.NANOSECONDS);
    List<Gap> more = new ArrayList<>();
    if (gap != null) {
      more.add(gap);
    }
    gaps.drainTo(more);
    more.forEach(each -> partitions.add(each.partition()));
  }

  /** Whether the step took all that it was asked for. */
  private boolean lookAgain() throws InterruptedException, TimeoutException {
    catalog.await(AGAIN);
    List<String> keys =
        missed.get().stream().filter(key -> partitions.contains(KeyPartitions.of(key))).toList();
    asked.keySet().retainAll(Set.copyOf(keys));
    if (keys.isEmpty()) {
      LOG.info("nothing is missed any more of partitions {}", partitions);
      partitions.clear();
    }
    Instant now = clock.instant();
    boolean all = true;
    for (String key : keys) {
      Instant last = asked.get(key);
      if (last == null || last.plus(AGAIN).isBefore(now)) {
        if (nudge.test(key)) {
          asked.put(key, now);
        } else {
          all = false;
        }
      }
    }
    return all;
  }

  @Override
  public void stop(Duration drain) throws InterruptedException {
    loop.stop(drain);
  }
}
