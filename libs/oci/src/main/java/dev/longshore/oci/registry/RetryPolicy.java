package dev.longshore.oci.registry;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Repeats of requests that failed in passing: a few quick ones. Longer outages are for the caller,
 * who pauses the registry.
 *
 * @param attempts in all, at least 1
 * @param first before the first repeat; doubles each time, half of it random so that clients spread
 * @param longest of one wait, also of one that the server asks for; it is reported if it asks for
 *     more
 */
public record RetryPolicy(int attempts, Duration first, Duration longest) {
  public RetryPolicy {
    if (attempts < 1) {
      throw new IllegalArgumentException("attempts: " + attempts + " (expected: 1 or more)");
    }
  }

  public static RetryPolicy defaults() {
    return new RetryPolicy(4, Duration.ofMillis(200), Duration.ofSeconds(20));
  }

  /** No repeats. */
  public static RetryPolicy never() {
    return new RetryPolicy(1, Duration.ZERO, Duration.ZERO);
  }

  /**
   * @param failed attempts so far, 1 or more
   */
  Duration delay(int failed, RandomGenerator random) {
    int doublings = Math.min(failed - 1, 20);
    long full = Math.min(first.toMillis() << doublings, longest.toMillis());
    long half = full / 2;
    return Duration.ofMillis(half + random.nextLong(full - half + 1));
  }
}
