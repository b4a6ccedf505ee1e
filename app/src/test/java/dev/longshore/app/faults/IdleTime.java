package dev.longshore.app.faults;

import dev.longshore.runtime.service.endpoint.Alarms;
import dev.longshore.testing.ManualClock;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import jdk.management.VirtualThreadSchedulerMXBean;

/**
 * A time that passes only while no virtual thread has anything to do, so that a day of waiting
 * takes a moment and what threads do costs none of it.
 */
final class IdleTime implements Alarms {
  private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

  /** Work that takes longer is a defect, or a wait for what nobody brings. */
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final VirtualThreadSchedulerMXBean THREADS =
      ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);

  private record Alarm(Instant due, long order, Runnable task) {}

  final ManualClock clock;
  private final PriorityQueue<Alarm> pending =
      new PriorityQueue<>(Comparator.comparing(Alarm::due).thenComparingLong(Alarm::order));
  private long set;
  private Optional<Map<Path, String>> asleep = Optional.empty();

  IdleTime(Instant start) {
    this.clock = new ManualClock(start);
  }

  @Override
  public synchronized void after(Duration delay, Runnable task) {
    pending.add(new Alarm(clock.instant().plus(delay), set++, task));
  }

  /** Has the calling virtual thread wait for so long. */
  void hold(Duration time) throws InterruptedException {
    CountDownLatch over = new CountDownLatch(1);
    after(time, over::countDown);
    over.await();
  }

  /** Has something done again and again, on a thread of its own, never twice at once. */
  void every(Duration interval, Runnable task) {
    after(
        interval,
        () ->
            Thread.ofVirtual()
                .start(
                    () -> {
                      task.run();
                      every(interval, task);
                    }));
  }

  /** Lets so much time pass, and all that happens in it happen. */
  void pass(Duration time) {
    Instant end = clock.instant().plus(time);
    settle();
    for (Alarm next = nextUntil(end); next != null; next = nextUntil(end)) {
      Duration wait = Duration.between(clock.instant(), next.due());
      if (wait.isPositive()) {
        clock.advance(wait);
      }
      next.task().run();
      settle();
    }
    clock.advance(Duration.between(clock.instant(), end));
  }

  private synchronized Alarm nextUntil(Instant end) {
    Alarm next = pending.peek();
    return next == null || next.due().isAfter(end) ? null : pending.poll();
  }

  /** Returns when every virtual thread waits for time to pass, or for another one that does. */
  void settle() {
    long end = System.nanoTime() + LIMIT_NANOS;
    while (!nothingRuns() || !carriersSlept() || !nothingRuns()) {
      LockSupport.parkNanos(LOOK_NANOS);
      if (System.nanoTime() > end) {
        throw new AssertionError("threads are still at work after 60 s");
      }
    }
  }

  /** Whether they did without a break since the last look, which may be that of the last time. */
  private boolean carriersSlept() {
    Optional<Map<Path, String>> before = asleep;
    asleep = Carriers.asleep();
    return asleep.isPresent() && asleep.equals(before);
  }

  private static boolean nothingRuns() {
    return THREADS.getMountedVirtualThreadCount() == 0
        && THREADS.getQueuedVirtualThreadCount() == 0;
  }
}
