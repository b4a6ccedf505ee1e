package dev.longshore.runtime.service.metrics;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Exports the age of the oldest work that could be done now and waits only because there is too
 * much of it. Excludes work that waits for an endpoint or its next try, and work under way.
 */
public final class OldestWork {
  /** Not yet read from Kafka. */
  public static final String UNREAD = "read";

  /** Read, and waiting for a turn. */
  public static final String TURN = "turn";

  private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("longshore.service");
  private static final AttributeKey<String> WAITS_FOR = AttributeKey.stringKey("waits_for");

  private OldestWork() {}

  /**
   * Adds the gauge; it lives as long as the process.
   *
   * @param waitsFor {@link #UNREAD} or {@link #TURN}
   * @param since when the oldest began to wait; none if nothing waits
   */
  public static void register(
      OpenTelemetry telemetry,
      String service,
      String waitsFor,
      Supplier<Optional<Instant>> since,
      InstantSource clock) {
    Attributes attributes = Attributes.of(SERVICE, service, WAITS_FOR, waitsFor);
    telemetry
        .getMeter("dev.longshore.work")
        .gaugeBuilder("longshore.work.oldest_age")
        .setUnit("s")
        .setDescription(
            "Age of the oldest work that could be done now: not of what waits for an endpoint"
                + " or a time, nor of what is under way")
        .buildWithCallback(
            gauge -> gauge.record(since.get().map(at -> age(at, clock)).orElse(0.0), attributes));
  }

  private static double age(Instant since, InstantSource clock) {
    return Math.max(0, Duration.between(since, clock.instant()).toMillis() / 1000.0);
  }
}
