package dev.longshore.converter;

import dev.longshore.catalog.CatalogException;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.runtime.service.lifecycle.Loop;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.runtime.service.metrics.LoopTurn;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the catalog at an interval, until it is stopped. */
abstract class RepeatedLook implements Part {
  private static final Logger LOG = LoggerFactory.getLogger(RepeatedLook.class);

  private final String name;
  private final Duration every;
  private final LoopTurn turn;
  private final CountDownLatch never = new CountDownLatch(1);
  private final Loop loop;

  /**
   * @param every pause between two looks
   */
  RepeatedLook(String name, Duration every, LoopTurn turn) {
    this.name = name;
    this.every = every;
    this.turn = turn;
    this.loop = new Loop(name, this::run);
  }

  abstract void look() throws TransientFailure, PermanentFailure, InterruptedException;

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final void start() {
    loop.start();
  }

  /** Why nothing is looked at any more, if so. */
  public final Optional<String> trouble() {
    return loop.trouble();
  }

  private void run() throws InterruptedException {
    do {
      try {
        look();
        turn.turned();
      } catch (CatalogException e) {
        LOG.info("{} cannot be looked for yet: {}", name, e.getMessage());
      } catch (TransientFailure | PermanentFailure e) {
        turn.turned(); // others report programs that do not answer
        LOG.debug("{} cannot be looked for now: {}", name, e.getMessage());
      }
    } while (!never.await(every.toMillis(), TimeUnit.MILLISECONDS));
  }

  @Override
  public final void stop(Duration drain) throws InterruptedException {
    var _ = loop.stop(drain);
  }
}
