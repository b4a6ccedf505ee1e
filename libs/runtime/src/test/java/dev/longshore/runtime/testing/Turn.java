package dev.longshore.runtime.testing;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A step under a scheduler's control: a thread that runs only while the scheduler waits for it, so
 * that of all steps one moves at a time.
 */
final class Turn {
  /** A step that computes or waits for longer has a defect, or waits for what nobody brings. */
  private static final int LIMIT_SECONDS = 30;

  private final String name;
  private final Semaphore toStep = new Semaphore(0);
  private final Semaphore toScheduler = new Semaphore(0);
  private volatile boolean ended;

  Turn(String name, Runnable work) {
    this.name = name;
    Thread.ofVirtual()
        .name(name)
        .start(
            () -> {
              toStep.acquireUninterruptibly();
              work.run();
              ended = true;
              toScheduler.release();
            });
  }

  /** Scheduler: lets the step move until it pauses, ends or is abandoned. */
  void go() {
    toStep.release();
    try {
      if (!toScheduler.tryAcquire(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError(
            name
                + " neither paused nor ended within "
                + LIMIT_SECONDS
                + " s: what does it wait for?");
      }
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  boolean hasEnded() {
    return ended;
  }

  /** Step: gives the turn back until the scheduler lets it go on. */
  void pause() {
    toScheduler.release();
    toStep.acquireUninterruptibly();
  }

  /** Step: its process was killed. Nothing of it runs any more, not even what ends a method. */
  void abandon() {
    toScheduler.release();
    while (true) {
      LockSupport.park(this);
    }
  }
}
