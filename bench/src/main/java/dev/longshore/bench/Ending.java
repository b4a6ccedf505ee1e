package dev.longshore.bench;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends the measuring when the process has to end. Benchmarks go on after a failed row and start new
 * programs: they are interrupted, and their programs killed, until they are done.
 */
final class Ending {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Duration LOOK = Duration.ofMillis(100);

  private final Thread measuring;
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile boolean begun;

  Ending(Thread measuring) {
    this.measuring = measuring;
  }

  /** Whether nothing new is to be measured. */
  boolean hasBegun() {
    return begun;
  }

  /** The measuring is over. */
  void over() {
    over.countDown();
  }

  /** Returns when the measuring has ended, or does not within a while. */
  void run() {
    begun = true;
    long end = System.nanoTime() + LIMIT.toNanos();
    try {
      do {
        if (over.getCount() > 0) {
          measuring.interrupt();
        }
        killAll();
      } while (!over.await(LOOK.toMillis(), TimeUnit.MILLISECONDS) && System.nanoTime() < end);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    killAll();
  }

  /** Programs that run would write on: without this process they would be killed a moment later. */
  private static void killAll() {
    List<ProcessHandle> running = ProcessHandle.current().descendants().toList();
    running.forEach(ProcessHandle::destroyForcibly);
  }
}
