package dev.longshore.runtime.edge.http;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongUpDownCounter;
import io.opentelemetry.api.metrics.Meter;
import java.util.List;

/** The metrics of an edge. Attributes have few values: names of edges and routes, never paths. */
final class EdgeMetrics {
  private static final AttributeKey<String> EDGE = AttributeKey.stringKey("edge");
  private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
  private static final AttributeKey<String> SCHEME = AttributeKey.stringKey("url.scheme");
  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
  private static final AttributeKey<Long> STATUS =
      AttributeKey.longKey("http.response.status_code");

  private final DoubleHistogram duration;
  private final LongUpDownCounter active;
  private final LongCounter refused;
  private final Attributes edge;
  private final Attributes requests;

  EdgeMetrics(Meter meter, String edge, String scheme) {
    this.edge = Attributes.of(EDGE, edge);
    this.requests = Attributes.of(EDGE, edge, SCHEME, scheme);
    duration =
        meter
            .histogramBuilder("http.server.request.duration")
            .setUnit("s")
            .setDescription("Time from a request's arrival to the end of its answer")
            .setExplicitBucketBoundariesAdvice(List.of(0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0))
            .build();
    active =
        meter
            .upDownCounterBuilder("http.server.active_requests")
            .setUnit("{request}")
            .setDescription("Requests in progress")
            .build();
    refused =
        meter
            .counterBuilder("longshore.http.refused")
            .setDescription("Requests and connections refused because there were too many")
            .build();
    // Otherwise Prometheus sees no increase for the first refusal.
    refused.add(0, this.edge);
  }

  void began() {
    active.add(1, requests);
  }

  void ended(String method, String route, int status, double seconds) {
    active.add(-1, requests);
    duration.record(
        seconds,
        requests.toBuilder()
            .put(METHOD, method)
            .put(ROUTE, route)
            .put(STATUS, (long) status)
            .build());
  }

  void refused() {
    refused.add(1, edge);
  }
}
