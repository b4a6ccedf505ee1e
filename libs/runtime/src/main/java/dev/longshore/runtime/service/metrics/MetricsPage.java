package dev.longshore.runtime.service.metrics;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Collects the metrics for each request of the page. */
public final class MetricsPage implements MetricReader {
  /** Media type of the page. */
  public static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  /** Media type of the page in OpenMetrics. */
  public static final String OPEN_MEDIA_TYPE =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  /** At most one for each bucket. */
  private final Map<String, String> exemplars = new ConcurrentHashMap<>();

  private volatile CollectionRegistration source = CollectionRegistration.noop();

  /** The metrics now, in Prometheus text format 0.0.4. */
  public String render() {
    return new PrometheusText(false, exemplars).write(source.collectAllMetrics());
  }

  /** The same in OpenMetrics 1.0, where histograms name traces. */
  public String renderOpenMetrics() {
    return new PrometheusText(true, exemplars).write(source.collectAllMetrics());
  }

  @Override
  public void register(CollectionRegistration registration) {
    source = registration;
  }

  @Override
  public AggregationTemporality getAggregationTemporality(InstrumentType instrument) {
    return AggregationTemporality.CUMULATIVE;
  }

  @Override
  public CompletableResultCode forceFlush() {
    return CompletableResultCode.ofSuccess();
  }

  @Override
  public CompletableResultCode shutdown() {
    source = CollectionRegistration.noop();
    return CompletableResultCode.ofSuccess();
  }
}
