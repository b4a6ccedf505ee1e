package dev.longshore.runtime.service.endpoint;

import static java.util.stream.Collectors.toMap;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/**
 * Exports the endpoints as gauge {@code longshore.endpoint.paused}: 1 while paused, else 0. The
 * repositories of a registry share one: 1 while any of them is paused separately.
 */
public final class EndpointMetrics {
  private static final AttributeKey<String> ENDPOINT = AttributeKey.stringKey("endpoint");

  private EndpointMetrics() {}

  /** Adds the gauges to the meter; they live as long as the meter. */
  public static void register(Meter meter, Endpoints endpoints, InstantSource clock) {
    meter
        .gaugeBuilder("longshore.endpoint.paused_age")
        .setUnit("s")
        .setDescription("Time since the outage of a paused endpoint began; 0 while it is open")
        .buildWithCallback(
            gauge ->
                ages(endpoints, clock.instant())
                    .forEach(
                        (group, age) ->
                            gauge.record(age.toMillis() / 1000.0, Attributes.of(ENDPOINT, group))));
    meter
        .gaugeBuilder("longshore.endpoint.paused")
        .setDescription("Whether an endpoint is paused: 1 while it is, else 0")
        .ofLongs()
        .buildWithCallback(
            gauge ->
                paused(endpoints)
                    .forEach(
                        (group, paused) ->
                            gauge.record(paused ? 1 : 0, Attributes.of(ENDPOINT, group))));
  }

  private static Map<String, Duration> ages(Endpoints endpoints, Instant now) {
    return endpoints.snapshot().stream()
        .collect(
            toMap(
                EndpointStatus::group,
                e -> age(e.state(), now),
                (one, other) -> one.compareTo(other) > 0 ? one : other));
  }

  private static Duration age(EndpointState state, Instant now) {
    Duration age =
        switch (state) {
          case EndpointState.Open() -> Duration.ZERO;
          case EndpointState.Paused(Instant since, _, _, _) -> Duration.between(since, now);
          case EndpointState.Probing(Instant since, _, _, _) -> Duration.between(since, now);
        };
    return age.isNegative() ? Duration.ZERO : age;
  }

  private static Map<String, Boolean> paused(Endpoints endpoints) {
    return endpoints.snapshot().stream()
        .collect(toMap(EndpointStatus::group, e -> !e.open(), (one, other) -> one || other));
  }
}
