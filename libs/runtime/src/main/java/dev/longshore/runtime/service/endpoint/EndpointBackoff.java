package dev.longshore.runtime.service.endpoint;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Pauses for a failed endpoint: 1 s, doubling to a limit, each shortened at random. */
final class EndpointBackoff {
  static final Duration FIRST = Duration.ofSeconds(1);

  /** Long enough to spare a struggling server, short enough that people see it come back. */
  static final Duration LONGEST = Duration.ofSeconds(60);

  /** For repositories: there may be thousands, each tried separately, so as rarely as polls. */
  static final Duration LONGEST_OF_REPOSITORY = Duration.ofMinutes(5);

  /** Longer requests are treated as the sender's error: a pause of an hour is harmless. */
  static final Duration LONGEST_WISH = Duration.ofHours(1);

  private final RandomGenerator random;
  private final Duration longest;

  EndpointBackoff(RandomGenerator random, Duration longest) {
    this.random = random;
    this.longest = longest;
  }

  /**
   * The pause after a failure.
   *
   * @param failures number of failures in this outage, from 1
   * @param wish the pause that the endpoint asked for (Retry-After), the shortest allowed
   */
  Duration pause(int failures, @Nullable Duration wish) {
    int doublings = Math.min(failures - 1, 9);
    long full = Math.min(FIRST.toMillis() << doublings, longest.toMillis());
    // Half to full: callers in many processes that failed together must not return together.
    Duration pause = Duration.ofMillis(full / 2 + random.nextLong(full / 2 + 1));
    if (wish == null || wish.compareTo(pause) <= 0) {
      return pause;
    }
    return wish.compareTo(LONGEST_WISH) < 0 ? wish : LONGEST_WISH;
  }
}
