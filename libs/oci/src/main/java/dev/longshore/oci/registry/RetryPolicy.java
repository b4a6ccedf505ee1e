package dev.longshore.oci.registry;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Retries of passing failures: a few quick ones. Longer outages are the caller's, who pauses the
 * registry.
 *
 * @param attempts in total, at least 1
 * @param first pause before the first retry; doubles each time, half of it random so that clients
 *     spread
 * @param longest limit of one pause, also of one that the server asks for; a longer request is
 *     reported instead
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

  /** No retries. */
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
