package dev.longshore.resolver.hub;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after requests that wait for a change: whether their sites may still wait, and by the same
 * rules. One thread looks for all: two hundred that each wake up to look take a third of a percent
 * of a core.
 */
final class WaitingCalls implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WaitingCalls.class);

  /** From one look to the next: a revoked site is shut out within 10 s. */
  private static final Duration LOOK = Duration.ofSeconds(2);

  private final Duration look;
  private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();
  private final Thread thread;

  /** A request that waits. */
  private static final class Waiting {
    private final BooleanSupplier isOver;
    private final Runnable wake;
    private volatile boolean over;

    private Waiting(BooleanSupplier isOver, Runnable wake) {
      this.isOver = isOver;
      this.wake = wake;
    }

    private void look() {
      if (!over && isOver.getAsBoolean()) {
        over = true;
        wake.run();
      }
    }
  }

  WaitingCalls() {
    this(LOOK);
  }

  WaitingCalls(Duration look) {
    this.look = look;
    this.thread = Thread.ofVirtual().name("waiting-sites").start(this::run);
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(look);
        for (Waiting each : waiting) {
          try {
            each.look();
          } catch (RuntimeException | Error e) { // All others are still to be looked after.
            LOG.error("looking after a request that waits", e);
          }
        }
      }
    } catch (InterruptedException e) {
      // The hub stops.
    }
  }

  /**
   * Waits for a further change.
   *
   * @param seen changes that are known
   * @param isOver whether there is nothing to wait for any more, asked every few seconds
   */
  void await(ChangeSignals.Signal signal, long seen, Duration time, BooleanSupplier isOver)
      throws InterruptedException {
    Waiting its = new Waiting(isOver, signal::wake);
    waiting.add(its);
    try {
      signal.await(seen, time, () -> its.over);
    } finally {
      waiting.remove(its);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
