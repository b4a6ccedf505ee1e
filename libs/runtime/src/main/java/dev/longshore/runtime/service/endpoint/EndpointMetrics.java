package dev.longshore.runtime.service.endpoint;

import static java.util.stream.Collectors.toMap;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import java.util.Map;

/**
 * Exports the endpoints as gauge {@code longshore.endpoint.paused}: 1 while paused, else 0. The
 * repositories of a registry share one: 1 while any of them is paused separately.
 */
public final class EndpointMetrics {
  private static final AttributeKey<String> ENDPOINT = AttributeKey.stringKey("endpoint");

  private EndpointMetrics() {}

  /** Adds the gauge to the meter; it lives as long as the meter. */
  public static void register(Meter meter, Endpoints endpoints) {
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

  private static Map<String, Boolean> paused(Endpoints endpoints) {
    return endpoints.snapshot().stream()
        .collect(toMap(EndpointStatus::group, e -> !e.open(), (one, other) -> one || other));
  }
}
