package dev.longshore.runtime.service.telemetry;

import dev.longshore.runtime.service.metrics.MetricsPage;
import dev.longshore.runtime.service.tls.ClientTls;
import dev.longshore.runtime.service.tls.ClientTlsSettings;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporterBuilder;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.SdkMeterProviderBuilder;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SdkTracerProviderBuilder;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Traces and metrics of one service. Registers nothing globally. */
public final class Telemetry implements AutoCloseable {
  /** Time limit of the collector; a slower one counts as away: spans are dropped, work goes on. */
  private static final Duration EXPORT_LIMIT = Duration.ofSeconds(5);

  /** The usual interval for collectors and Prometheus. */
  private static final Duration METRICS_EVERY = Duration.ofMinutes(1);

  /** Time for the last spans and metrics at the end. */
  private static final Duration FLUSH_LIMIT = Duration.ofSeconds(5);

  private final OpenTelemetrySdk sdk;
  private final MetricsPage metrics;

  private Telemetry(OpenTelemetrySdk sdk, MetricsPage metrics) {
    this.sdk = sdk;
    this.metrics = metrics;
  }

  /**
   * Starts traces, sent to the configured collector if any, and metrics, sent there if configured.
   *
   * @param service such as {@code longshore-watcher}
   * @param version of the program
   * @param instance name of this process among those of the service
   * @param processors see every span too; not closed before {@link #close}
   */
  public static Telemetry start(
      String service,
      String version,
      String instance,
      TelemetrySettings settings,
      List<SpanProcessor> processors) {
    Resource resource =
        Resource.getDefault()
            .merge(
                Resource.create(
                    Attributes.of(
                        AttributeKey.stringKey("service.name"), service,
                        AttributeKey.stringKey("service.version"), version,
                        AttributeKey.stringKey("service.instance.id"), instance)));
    SdkTracerProviderBuilder traces = SdkTracerProvider.builder().setResource(resource);
    traces.addSpanProcessor(new Unseen());
    processors.forEach(traces::addSpanProcessor);
    MetricsPage metrics = new MetricsPage();
    SdkMeterProviderBuilder meters =
        SdkMeterProvider.builder().setResource(resource).registerMetricReader(metrics);
    if (settings.otlpEndpoint() != null) {
      traces.addSpanProcessor(spans(settings.otlpEndpoint(), settings.tls()));
      if (settings.otlpMetrics()) {
        meters.registerMetricReader(metrics(settings.otlpEndpoint(), settings.tls()));
      }
    }
    OpenTelemetrySdk sdk =
        OpenTelemetrySdk.builder()
            .setTracerProvider(traces.build())
            .setMeterProvider(meters.build())
            .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
            .build();
    return new Telemetry(sdk, metrics);
  }

  private static SpanProcessor spans(URI collector, @Nullable ClientTlsSettings settings) {
    OtlpHttpSpanExporterBuilder exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(at(collector, "v1/traces"))
            .setTimeout(EXPORT_LIMIT);
    if (settings != null) {
      ClientTls tls = ClientTls.of(settings);
      exporter.setSslContext(tls.context(), tls.trusted());
    }
    return BatchSpanProcessor.builder(exporter.build()).build();
  }

  private static MetricReader metrics(URI collector, @Nullable ClientTlsSettings settings) {
    OtlpHttpMetricExporterBuilder exporter =
        OtlpHttpMetricExporter.builder()
            .setEndpoint(at(collector, "v1/metrics"))
            .setTimeout(EXPORT_LIMIT);
    if (settings != null) {
      ClientTls tls = ClientTls.of(settings);
      exporter.setSslContext(tls.context(), tls.trusted());
    }
    return PeriodicMetricReader.builder(exporter.build()).setInterval(METRICS_EVERY).build();
  }

  private static String at(URI collector, String path) {
    String base = collector.toString();
    return (base.endsWith("/") ? base : base + "/") + path;
  }

  /**
   * Ignores spans. A provider without any processor makes none, and without a collector neither
   * records nor log lines would then have a trace.
   */
  private static final class Unseen implements SpanProcessor {
    @Override
    public void onStart(Context parent, ReadWriteSpan span) {}

    @Override
    public boolean isStartRequired() {
      return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {}

    @Override
    public boolean isEndRequired() {
      return false;
    }
  }

  public OpenTelemetry openTelemetry() {
    return sdk;
  }

  /** The metrics for Prometheus. */
  public MetricsPage metrics() {
    return metrics;
  }

  /** Sends remaining spans and the last metrics, each for at most 5 s. */
  @Override
  public void close() {
    sdk.getSdkTracerProvider().shutdown().join(FLUSH_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    sdk.getSdkMeterProvider().shutdown().join(FLUSH_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }
}
