package dev.longshore.runtime.service.metrics;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;

/** The last turn of one loop; several threads may share it. */
public final class LoopTurn {
  private final InstantSource clock;
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile Instant last;

  LoopTurn(InstantSource clock) {
    this.clock = clock;
    this.last = clock.instant();
  }

  /** Records a turn now. */
  public void turned() {
    last = clock.instant();
  }

  /** A wait for another program, which is reported elsewhere. */
  public interface Wait<T> {
    T run() throws InterruptedException;
  }

  /** Waits; the loop counts as turning meanwhile. */
  public <T> T during(Wait<T> wait) throws InterruptedException {
    waiting.incrementAndGet();
    try {
      return wait.run();
    } finally {
      turned();
      waiting.decrementAndGet();
    }
  }

  Instant last() {
    return waiting.get() > 0 ? clock.instant() : last;
  }
}
