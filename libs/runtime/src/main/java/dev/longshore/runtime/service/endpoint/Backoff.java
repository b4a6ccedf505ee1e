package dev.longshore.runtime.service.endpoint;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** How long a failed endpoint is left alone: 1 s, doubling to a limit, each shortened by chance. */
final class Backoff {
  static final Duration FIRST = Duration.ofSeconds(1);

  /** Long enough to spare a struggling server, short enough that people see it come back. */
  static final Duration LONGEST = Duration.ofSeconds(60);

  /** There may be thousands of them, each asked for by itself: as rarely as polls look. */
  static final Duration LONGEST_OF_REPOSITORY = Duration.ofMinutes(5);

  /** A wish beyond this is taken for a fault of the sender: an hour's pause heals by itself. */
  static final Duration LONGEST_WISH = Duration.ofHours(1);

  private final RandomGenerator random;
  private final Duration longest;

  Backoff(RandomGenerator random, Duration longest) {
    this.random = random;
    this.longest = longest;
  }

  /**
   * The pause after a failure.
   *
   * @param failures of this outage, from 1
   * @param wish what the endpoint asked for (Retry-After); a pause is never shorter than that
   */
  Duration pause(int failures, @Nullable Duration wish) {
    int doublings = Math.min(failures - 1, 9);
    long full = Math.min(FIRST.toMillis() << doublings, longest.toMillis());
    // Half to whole: callers in many processes that failed together must not come back together.
    Duration pause = Duration.ofMillis(full / 2 + random.nextLong(full / 2 + 1));
    if (wish == null || wish.compareTo(pause) <= 0) {
      return pause;
    }
    return wish.compareTo(LONGEST_WISH) < 0 ? wish : LONGEST_WISH;
  }
}
