package dev.longshore.converter;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what other threads bring about. */
public final class Await {
  /** Only a failure waits for so long. */
  private static final long LIMIT_SECONDS = 20;

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private Await() {}

  public static void until(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("the condition did not come true in " + LIMIT_SECONDS + " s");
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }
}
