package dev.longshore.runtime.service.endpoint;

import dev.longshore.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Alarms that ring when a test moves the clock past them, in order, on the test's thread. */
public final class ManualAlarms implements Alarms {
  private record Alarm(Instant due, long order, Runnable task) {}

  private final PriorityQueue<Alarm> pending =
      new PriorityQueue<>(Comparator.comparing(Alarm::due).thenComparingLong(Alarm::order));
  private final ManualClock clock;
  private long set;

  public ManualAlarms(ManualClock clock) {
    this.clock = clock;
  }

  @Override
  public synchronized void after(Duration delay, Runnable task) {
    pending.add(new Alarm(clock.instant().plus(delay), set++, task));
  }

  /** How many are set and have not rung. */
  public synchronized int pending() {
    return pending.size();
  }

  /** Moves the clock forward, stopping at each alarm on the way. */
  public void advance(Duration by) {
    Instant end = clock.instant().plus(by);
    for (Alarm next = nextUntil(end); next != null; next = nextUntil(end)) {
      clock.advance(Duration.between(clock.instant(), next.due()));
      next.task().run();
    }
    clock.advance(Duration.between(clock.instant(), end));
  }

  private synchronized Alarm nextUntil(Instant end) {
    Alarm next = pending.peek();
    return next == null || next.due().isAfter(end) ? null : pending.poll();
  }
}
