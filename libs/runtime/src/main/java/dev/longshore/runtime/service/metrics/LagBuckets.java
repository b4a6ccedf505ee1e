package dev.longshore.runtime.service.metrics;

import java.time.Duration;
import java.util.List;

/** Buckets of times since a push: from a warm pipeline to a site that was away. */
final class LagBuckets {
  /** Upper bounds, in seconds: the last ones are an hour, six, a day and seven. */
  static final List<Double> SECONDS =
      List.of(
          0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0,
          21_600.0, 86_400.0, 604_800.0);

  private static final double MILLIS = 1_000;

  private LagBuckets() {}

  /** The time in seconds. */
  static double seconds(Duration time) {
    return time.toMillis() / MILLIS;
  }
}
