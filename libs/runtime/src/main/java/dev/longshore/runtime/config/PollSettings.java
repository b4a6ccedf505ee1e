package dev.longshore.runtime.config;

import dev.longshore.settings.Setting;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Regular polls of a registry, for pushes whose webhook was lost. */
public record PollSettings(
    @Setting(
            value = "5m",
            doc =
                "pause between two polls of a repository; doubles up to eight times as long while"
                    + " nothing changes there")
        Duration interval,
    @Setting(
            doc =
                "repositories to poll; if the registry lists its repositories, * matches a part of"
                    + " a path, ** any number of parts")
        List<String> repositories,
    @Setting(
            value = "10",
            doc =
                "most requests a second that all its polls send, in all watchers together,"
                    + " including those for what they found")
        int requestsPerSecond,
    @Setting(
            value = "2",
            unit = "images",
            doc =
                "how many images that were there before their repository was first polled are"
                    + " under way at once; the others wait in the registry")
        int backfill,
    @Setting(
            unit = "requests",
            doc =
                "most requests a second to read these images, in all converters together, besides"
                    + " the polls; as many as requests-per-second if absent")
        @Nullable Integer backfillRequestsPerSecond) {

  /** For a registry without polls: the budget for what operators ask of it. */
  public static final PollSettings UNSAID = new PollSettings(Duration.ofMinutes(5), List.of());

  /** A quiet repository is polled this many times less often. */
  private static final int QUIETEST = 8;

  public PollSettings {
    repositories = List.copyOf(repositories);
    if (requestsPerSecond < 1) {
      throw new IllegalArgumentException("requests-per-second: expected 1 or more");
    }
    if (backfill < 1) {
      throw new IllegalArgumentException("backfill: expected 1 or more");
    }
    if (backfillRequestsPerSecond != null && backfillRequestsPerSecond < 1) {
      throw new IllegalArgumentException("backfill-requests-per-second: expected 1 or more");
    }
    if (!interval.isPositive()) {
      throw new IllegalArgumentException("interval: expected more than 0s");
    }
  }

  /** The longest pause between two polls of a repository. */
  public Duration longestPause() {
    return longestPause(interval);
  }

  /** The longest pause for this interval. */
  public static Duration longestPause(Duration interval) {
    return interval.multipliedBy(QUIETEST);
  }

  /** Requests a second for backfill, at most. */
  public int backfillRate() {
    return backfillRequestsPerSecond == null ? requestsPerSecond : backfillRequestsPerSecond;
  }

  /** Polls with the same budget for backfill. */
  public PollSettings(
      Duration interval, List<String> repositories, int requestsPerSecond, int backfill) {
    this(interval, repositories, requestsPerSecond, backfill, null);
  }

  /** Polls with the default backfill. */
  public PollSettings(Duration interval, List<String> repositories, int requestsPerSecond) {
    this(interval, repositories, requestsPerSecond, 2);
  }

  /** Polls with the default budget. */
  public PollSettings(Duration interval, List<String> repositories) {
    this(interval, repositories, 10);
  }
}
