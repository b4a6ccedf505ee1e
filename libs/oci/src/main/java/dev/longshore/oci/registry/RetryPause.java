package dev.longshore.oci.registry;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Waits between two tries; tests pass one that only records the time. */
@FunctionalInterface
public interface RetryPause {
  void pause(Duration duration) throws InterruptedException;

  /** Waits by the machine's clock. */
  static RetryPause real() {
    return duration -> {
      // Never released: this only waits, and can be interrupted.
      boolean acquired = new Semaphore(0).tryAcquire(duration.toNanos(), TimeUnit.NANOSECONDS);
      assert !acquired;
    };
  }
}
