package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.runtime.service.metrics.LoopTurn;
import dev.longshore.runtime.service.metrics.LoopTurns;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs rounds at intervals, independently of each other. */
final class PinnerLoops {
  private static final Logger LOG = LoggerFactory.getLogger(PinnerLoops.class);

  /** A round takes minutes with millions of images; beyond this it hangs. */
  private static final Duration ROUND_WITHIN = Duration.ofMinutes(30);

  private static final Duration STOP = Duration.ofSeconds(5);
  private final Catalog catalog;
  private final LoopTurns turns;
  private final ScheduledExecutorService timer =
      Executors.newScheduledThreadPool(4, Thread.ofVirtual().name("repair-", 0).factory());

  PinnerLoops(Catalog catalog, LoopTurns turns) {
    this.catalog = catalog;
    this.turns = turns;
  }

  LoopTurn turn(String what, Duration interval) {
    return turns.of("pinner " + what, ROUND_WITHIN.plus(interval.multipliedBy(2)));
  }

  /**
   * Whether Kafka was read to its end once. Until then no step begins, and each round would scan
   * everything read so far without indexes.
   */
  private boolean isRead() {
    return catalog.completeAt().isPresent();
  }

  void every(Duration interval, String what, Runnable round) {
    LoopTurn turn = turn(what, interval);
    var _ =
        timer.scheduleWithFixedDelay(
            () -> {
              try {
                if (isRead()) {
                  round.run();
                }
                turn.turned();
              } catch (RuntimeException
                  | Error e) { // the next round must come whatever this one met
                LOG.error("a round of {} ended in a defect", what, e);
              }
            },
            interval.toMillis(),
            interval.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  void stop() throws InterruptedException {
    timer.shutdownNow();
    timer.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS);
  }
}
