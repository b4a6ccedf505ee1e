package dev.longshore.catalog;

import java.time.Duration;

/** How Longshore's topics are set up. */
public final class Topics {
  /** How long work topics keep their records: a week away is survived without a gap. */
  public static final Duration WORK_RETENTION = Duration.ofDays(7);

  /** How long state topics keep deletions: a store that is older is rebuilt. */
  public static final Duration DELETE_RETENTION = Duration.ofDays(30);

  private Topics() {}
}
