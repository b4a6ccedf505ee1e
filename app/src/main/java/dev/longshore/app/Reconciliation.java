package dev.longshore.app;

import dev.longshore.catalog.CatalogException;
import dev.longshore.runtime.kafka.OpenGap;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.service.lifecycle.Loop;
import dev.longshore.runtime.service.lifecycle.Part;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes up for events lost in a gap of their topic: asks the step to look at each key whose state
 * lacks a result, until none does.
 */
final class Reconciliation implements Part {
  /** Time before the step is asked for the same key again. */
  static final Duration AGAIN = Duration.ofMinutes(10);

  private static final Duration PAUSE = Duration.ofSeconds(2);

  /** Factor by which progress checks are rarer than checks for free capacity. */
  private static final int PATIENCE = 30;

  private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);

  private final BlockingQueue<OpenGap> gaps;
  private final CatchUp catalog;
  private final Supplier<List<String>> missed;
  private final Predicate<String> nudge;
  private final Duration pause;
  private final Clock clock;
  private final List<OpenGap> open = new ArrayList<>();
  private final Map<String, Instant> asked = new HashMap<>();
  private boolean refused;
  private final Loop loop = new Loop("reconciliation", this::run);

  /** Brings the catalog to the end of its topics. */
  @FunctionalInterface
  interface CatchUp {
    void await(Duration limit) throws InterruptedException, TimeoutException;
  }

  /**
   * @param gaps gaps from the service's host
   * @param missed keys without a result, from the catalog
   * @param nudge asks the step to look at a key; false if it will not now
   */
  Reconciliation(
      BlockingQueue<OpenGap> gaps,
      CatchUp catalog,
      Supplier<List<String>> missed,
      Predicate<String> nudge,
      Clock clock) {
    this(gaps, catalog, missed, nudge, PAUSE, clock);
  }

  Reconciliation(
      BlockingQueue<OpenGap> gaps,
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

  /** Why reconciliation has ended, if so. */
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
    OpenGap gap = open.isEmpty() ? gaps.take() : gaps.poll(nanos, TimeUnit.NANOSECONDS);
    if (gap != null) {
      open.add(gap);
    }
    gaps.drainTo(open);
    open.removeIf(OpenGap::isGone);
  }

  /** Whether the step accepted all requests. */
  private boolean lookAgain() throws InterruptedException, TimeoutException {
    catalog.await(AGAIN);
    Set<Integer> partitions = partitions(open);
    List<String> keys =
        missed.get().stream().filter(key -> partitions.contains(KeyPartitions.of(key))).toList();
    asked.keySet().retainAll(Set.copyOf(keys));
    close(keys.stream().map(KeyPartitions::of).collect(Collectors.toSet()));
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

  /** Closes the gaps of partitions without missing results. */
  private void close(Set<Integer> lacking) {
    List<OpenGap> closed =
        open.stream().filter(gap -> !lacking.contains(gap.gap().partition())).toList();
    if (!closed.isEmpty()) {
      LOG.info("nothing is missed any more of partitions {}", partitions(closed));
      closed.forEach(OpenGap::madeGood);
      open.removeAll(closed);
    }
  }

  private static Set<Integer> partitions(List<OpenGap> gaps) {
    return gaps.stream().map(gap -> gap.gap().partition()).collect(Collectors.toSet());
  }

  @Override
  public void stop(Duration drain) throws InterruptedException {
    loop.stop(drain);
  }
}
