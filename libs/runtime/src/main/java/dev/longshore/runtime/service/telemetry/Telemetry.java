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
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
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

  /** Time for the last spans at the end. */
  private static final Duration FLUSH_LIMIT = Duration.ofSeconds(5);

  private final OpenTelemetrySdk sdk;
  private final MetricsPage metrics;

  private Telemetry(OpenTelemetrySdk sdk, MetricsPage metrics) {
    this.sdk = sdk;
    this.metrics = metrics;
  }

  /**
   * Starts traces, which go to the configured collector if any, and metrics.
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
    if (settings.otlpEndpoint() != null) {
      traces.addSpanProcessor(export(settings.otlpEndpoint(), settings.tls()));
    }
    MetricsPage metrics = new MetricsPage();
    OpenTelemetrySdk sdk =
        OpenTelemetrySdk.builder()
            .setTracerProvider(traces.build())
            .setMeterProvider(
                SdkMeterProvider.builder()
                    .setResource(resource)
                    .registerMetricReader(metrics)
                    .build())
            .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
            .build();
    return new Telemetry(sdk, metrics);
  }

  private static SpanProcessor export(URI collector, @Nullable ClientTlsSettings settings) {
    String base = collector.toString();
    OtlpHttpSpanExporterBuilder exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint((base.endsWith("/") ? base : base + "/") + "v1/traces")
            .setTimeout(EXPORT_LIMIT);
    if (settings != null) {
      ClientTls tls = ClientTls.of(settings);
      exporter.setSslContext(tls.context(), tls.trusted());
    }
    return BatchSpanProcessor.builder(exporter.build()).build();
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

  /** Sends remaining spans, for at most 5 s. */
  @Override
  public void close() {
    sdk.getSdkTracerProvider().shutdown().join(FLUSH_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    sdk.getSdkMeterProvider().shutdown().join(FLUSH_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }
}
