package dev.longshore.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The real steps of watcher, converter and pinner over twins in memory, in any order, killed
 * anywhere, with registry and peers failing: after it all, the same state as if nothing had been.
 *
 * <p>{@code -Dlongshore.simulation.seconds} is the time budget, {@code -Dlongshore.seed} the only
 * seed to run.
 */
final class SimulatedPushesTest {
  private static final Logger LOG = LoggerFactory.getLogger(SimulatedPushesTest.class);
  private static final Duration BUDGET = Seed.budget("longshore.simulation.seconds", 4);
  private static final Vertx VERTX = Vertx.vertx();

  @AfterAll
  static void stop() throws Exception {
    VERTX.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void endInTheSameStateWhateverGoesWrong() {
    int seeds = Seed.each(SimulatedPushesTest.class, 1, BUDGET, SimulatedPushesTest::run);
    LOG.info("{} seeds in {}", seeds, BUDGET);
    assertThat(seeds).isPositive();
  }

  private static void run(long seed) throws Exception {
    try (SimulatedWorld world = new SimulatedWorld(seed, VERTX)) {
      try {
        world.run();
        FinalState.require(world);
      } catch (Exception | AssertionError e) { // the story tells what the seed did
        throw new AssertionError(e.getMessage() + "\n" + world.story(), e);
      }
    }
  }
}
