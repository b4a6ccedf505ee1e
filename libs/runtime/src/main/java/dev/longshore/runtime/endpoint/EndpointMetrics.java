package dev.longshore.runtime.endpoint;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;

/** Shows the endpoints as gauge {@code longshore.endpoint.paused}: 1 while paused, else 0. */
public final class EndpointMetrics {
  private static final AttributeKey<String> ENDPOINT = AttributeKey.stringKey("endpoint");

  private EndpointMetrics() {}

  /** Adds the gauge to the meter; it lives as long as the meter. */
  public static void register(Meter meter, Endpoints endpoints) {
    meter
        .gaugeBuilder("longshore.endpoint.paused")
        .setDescription("Whether work is held back from an endpoint: 1 while it is, else 0")
        .ofLongs()
        .buildWithCallback(
            gauge ->
                endpoints
                    .snapshot()
                    .forEach(
                        endpoint ->
                            gauge.record(
                                endpoint.open() ? 0 : 1,
                                Attributes.of(ENDPOINT, endpoint.name()))));
  }
}
