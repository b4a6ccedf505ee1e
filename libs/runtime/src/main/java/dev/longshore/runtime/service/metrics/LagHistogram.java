package dev.longshore.runtime.service.metrics;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleGaugeBuilder;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.DoubleHistogramBuilder;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Times from a push until an image reaches a stage. A time that two hosts' clocks make negative is
 * logged and not recorded: it would count as a lag of 0.
 */
public final class LagHistogram {
  private static final Logger LOG = LoggerFactory.getLogger(LagHistogram.class);

  /** A longer time is not the services' doing. */
  private static final Duration LATEST = Duration.ofDays(7);

  /** Synchronized clocks differ by less. */
  private static final Duration CLOCKS = Duration.ofSeconds(1);

  /** How long the difference of the clocks stays reported. */
  private static final Duration TOLD = Duration.ofHours(1);

  private final DoubleHistogram times;
  private final InstantSource clock;
  private final Map<Attributes, Skew> skews = new HashMap<>();

  private record Skew(Duration most, Instant at) {}

  /**
   * @param times builder with name and description only
   * @param skews builder with name and description only
   */
  public LagHistogram(
      DoubleHistogramBuilder times,
      String description,
      DoubleGaugeBuilder skews,
      InstantSource clock) {
    this.clock = clock;
    this.times =
        times
            .setUnit("s")
            .setDescription(description)
            .setExplicitBucketBoundariesAdvice(LagBuckets.SECONDS)
            .build();
    var _ =
        skews
            .setUnit("s")
            .setDescription(
                "By how much clocks of two hosts differ at least, as something came before its"
                    + " push: the most of the last hour")
            .buildWithCallback(
                gauge -> lately().forEach((of, most) -> gauge.record(seconds(most), of)));
  }

  /**
   * Records the time since a push, if it is valid.
   *
   * @param context the trace it belongs to
   */
  public void record(Duration sincePush, Attributes of, Context context) {
    if (sincePush.isNegative()) {
      differ(sincePush.negated(), of);
    }
    if (sincePush.compareTo(CLOCKS.negated()) >= 0 && sincePush.compareTo(LATEST) <= 0) {
      times.record(Math.max(0, seconds(sincePush)), of, context);
    }
  }

  private static double seconds(Duration time) {
    return LagBuckets.seconds(time);
  }

  private void differ(Duration skew, Attributes of) {
    if (isNews(skew, of)) {
      LOG.warn(
          "{} was {} ms before its push: clocks of two hosts differ by at least that, and such"
              + " times are not counted; set the clocks (NTP)",
          of.asMap(),
          skew.toMillis());
    }
  }

  /** Keeps the most; whether times are not counted for it, and nobody was told within the while. */
  private synchronized boolean isNews(Duration skew, Attributes of) {
    Instant now = clock.instant();
    Skew known = skews.get(of);
    Duration before = known == null || isOver(known, now) ? Duration.ZERO : known.most();
    if (skew.compareTo(before) >= 0) {
      skews.put(of, new Skew(skew, now));
    }
    return skew.compareTo(CLOCKS) > 0 && before.compareTo(CLOCKS) <= 0;
  }

  private static boolean isOver(Skew known, Instant now) {
    return now.isAfter(known.at().plus(TOLD));
  }

  private synchronized Map<Attributes, Duration> lately() {
    Instant now = clock.instant();
    skews.values().removeIf(known -> isOver(known, now));
    Map<Attributes, Duration> all = new HashMap<>();
    skews.forEach((of, known) -> all.put(of, known.most()));
    return all;
  }
}
