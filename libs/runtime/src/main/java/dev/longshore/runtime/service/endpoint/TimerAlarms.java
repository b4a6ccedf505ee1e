package dev.longshore.runtime.service.endpoint;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Alarms by the machine's monotonic timer, on one daemon thread. */
public final class TimerAlarms implements Alarms, AutoCloseable {
  private final ScheduledThreadPoolExecutor timer;

  public TimerAlarms() {
    timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("endpoint-alarms").factory());
    timer.setRemoveOnCancelPolicy(true);
  }

  @Override
  public void after(Duration delay, Runnable task) {
    var _ = timer.schedule(task, Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
  }

  /** Cancels pending alarms. */
  @Override
  public void close() {
    timer.shutdownNow();
  }
}
