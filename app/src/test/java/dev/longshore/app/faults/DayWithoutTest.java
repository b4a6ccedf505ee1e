package dev.longshore.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Topic;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The services as they run, on threads of their own, while the registry, the ingest peer or another
 * peer is away, fails, talks nonsense, hangs or is slow for a day on which images are pushed.
 *
 * <p>{@code -Dlongshore.outage.seconds} is the time budget, {@code -Dlongshore.seed} the only seed
 * to run.
 */
@EnabledIf(
    value = "isAskedFor",
    disabledReason = "takes minutes on a busy machine; asked for by its time budget or a seed")
final class DayWithoutTest {
  private static final Logger LOG = LoggerFactory.getLogger(DayWithoutTest.class);
  private static final Duration BUDGET = Seed.budget("longshore.outage.seconds", 20);
  private static final Duration DAY = Duration.ofHours(24);

  /** Pauses double up to a minute, and chance takes up to half of each. */
  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(30);

  /** Two services call a program that is away, each of them on its own account. */
  private static final long PROBES = 2 * DAY.dividedBy(SHORTEST_PAUSE);

  /** Calls that are under way before the first of them has failed, and after it is back. */
  private static final int FIRST_CALLS = 64;

  private static final Vertx VERTX = Vertx.vertx();

  /** The command that repeats a seed names no budget. */
  static boolean isAskedFor() {
    return System.getProperty("longshore.outage.seconds") != null
        || System.getProperty("longshore.seed") != null;
  }

  @AfterAll
  static void stop() throws Exception {
    VERTX.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void holdsBackWhatWasPushedAndThenMirrorsAllOfIt() {
    int seeds = Seed.each(DayWithoutTest.class, DayWorld.KINDS, BUDGET, DayWithoutTest::run);
    LOG.info("{} seeds in {}", seeds, BUDGET);
    assertThat(seeds).isPositive();
  }

  private static void run(long seed) throws Exception {
    try (DayWorld world = new DayWorld(seed, VERTX)) {
      try {
        run(world);
      } catch (Exception | AssertionError e) { // the story tells what the seed is
        throw new AssertionError(world + ": " + e.getMessage(), e);
      }
    }
  }

  private static void run(DayWorld world) throws Exception {
    int half = world.pushes / 2;
    world.push(half / 2);
    world.time.settle();
    world.beginOutage();
    world.push(half - half / 2);
    world.time.pass(DAY.dividedBy(2));
    if (world.outage.kind.fails) {
      int calls = world.outage.calls();
      world.push(world.pushes - half);
      world.time.settle();
      assertThat(world.outage.calls())
          .as("calls of what is known to be away, for %d new pushes", world.pushes - half)
          .isEqualTo(calls);
    } else {
      world.push(world.pushes - half);
      world.time.settle();
    }
    world.time.pass(DAY.dividedBy(24));
    int parked = parked(world).size();
    world.time.pass(DAY.dividedBy(2).minus(DAY.dividedBy(24)));

    assertThat(world.outage.mostAtOnce()).as("calls under way").isLessThanOrEqualTo(FIRST_CALLS);
    if (world.outage.kind.fails) {
      assertThat(parked(world))
          .as("waiting messages do not grow with time")
          .hasSize(parked)
          .hasSizeLessThanOrEqualTo(world.pushes);
      assertThat((long) world.bus.records(Topic.RETRY).size() - parked)
          .as("tries that were told")
          .isLessThanOrEqualTo(PROBES);
      assertThat((long) world.outage.calls())
          .as("calls within a day")
          .isLessThanOrEqualTo(PROBES + FIRST_CALLS);
    }
    world.endOutage();
    world.time.pass(Duration.ofHours(1));
    world.requireAllMirrored();
  }

  /** What waits; records without a value tell of a try alone. */
  private static List<Integer> parked(DayWorld world) {
    return world.bus.records(Topic.RETRY).stream()
        .filter(record -> record.value() != null)
        .map(ConsumerRecord::partition)
        .toList();
  }
}
