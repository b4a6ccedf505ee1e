package dev.longshore.runtime.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Waits for what other threads or programs bring about. Looks that take long are taken less often:
 * who waits leaves the machine to whom it waits for.
 */
public final class Eventually {
  /** Far above what a loaded machine needs: only a failure waits for so long. */
  public static final Duration LIMIT = Duration.ofSeconds(60);

  private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** So many times as long as a look is the pause after it. */
  private static final int PAUSE = 4;

  private Eventually() {}

  public static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT.toNanos();
    long began = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within " + LIMIT + ": " + what);
      }
      pause(began);
      began = System.nanoTime();
    }
  }

  /** Makes rounds, each of which ends with all that it brings about, until one says it is done. */
  public static void inRounds(String what, BooleanSupplier round) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!round.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within " + LIMIT + ": " + what);
      }
      LockSupport.parkNanos(SHORTEST_NANOS);
    }
  }

  /** Asks until the answer is as expected, and returns it. */
  public static <T> T answer(
      Duration limit, Callable<? extends T> question, Predicate<? super T> expected)
      throws Exception {
    long end = System.nanoTime() + limit.toNanos();
    long began = System.nanoTime();
    T answer = question.call();
    while (!expected.test(answer)) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "no other answer within %s: %.2000s".formatted(limit, String.valueOf(answer)));
      }
      pause(began);
      began = System.nanoTime();
      answer = question.call();
    }
    return answer;
  }

  private static void pause(long began) {
    long took = System.nanoTime() - began;
    LockSupport.parkNanos(Math.clamp(PAUSE * took, SHORTEST_NANOS, LONGEST_NANOS));
  }
}
