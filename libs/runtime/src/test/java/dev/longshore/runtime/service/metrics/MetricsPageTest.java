package dev.longshore.runtime.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsPageTest {
  private final MetricsPage page = new MetricsPage();
  private final SdkMeterProvider provider =
      SdkMeterProvider.builder().registerMetricReader(page).build();
  private final Meter meter = provider.get("test");

  @Test
  void withoutMetricsThePageIsEmpty() {
    assertThat(new MetricsPage().render()).isEmpty();
    assertThat(page.render()).isEmpty();
  }

  @Test
  void countersGaugesAndHistogramsAreWrittenAsPrometheusReadsThem() {
    meter
        .counterBuilder("longshore.hints")
        .setDescription("Hints \"received\"\nso far")
        .build()
        .add(
            3,
            Attributes.of(
                AttributeKey.stringKey("registry.name"),
                "a\"b\\c\nd",
                AttributeKey.longKey("code"),
                200L));
    meter.upDownCounterBuilder("active").build().add(2);
    meter.gaugeBuilder("lag").setUnit("s").build().set(1.5);
    meter.gaugeBuilder("store.size").setUnit("By").ofLongs().build().set(4096);
    var duration =
        meter
            .histogramBuilder("request.duration")
            .setUnit("s")
            .setExplicitBucketBoundariesAdvice(List.of(0.1, 1.0))
            .build();
    duration.record(0.05);
    duration.record(0.25);
    duration.record(30);

    assertThat(page.render())
        .isEqualTo(
            """
            # TYPE active gauge
            active 2
            # TYPE lag_seconds gauge
            lag_seconds 1.5
            # HELP longshore_hints_total Hints "received"\\nso far
            # TYPE longshore_hints_total counter
            longshore_hints_total{code="200",registry_name="a\\"b\\\\c\\nd"} 3
            # TYPE request_duration_seconds histogram
            request_duration_seconds_bucket{le="0.1"} 1
            request_duration_seconds_bucket{le="1"} 2
            request_duration_seconds_bucket{le="+Inf"} 3
            request_duration_seconds_sum 30.3
            request_duration_seconds_count 3
            # TYPE store_size_bytes gauge
            store_size_bytes 4096
            """);
  }

  @Test
  void openMetricsHasUnitsTheTracesOfItsBucketsAndAnEnd() {
    meter.counterBuilder("hints").setDescription("Hints \"received\"").build().add(3);
    meter.counterBuilder("line").setUnit("By").build().add(7);
    var duration =
        meter
            .histogramBuilder("request.duration")
            .setUnit("s")
            .setExplicitBucketBoundariesAdvice(List.of(0.1, 1.0))
            .build();
    duration.record(0.05);
    duration.record(0.25, Attributes.empty(), trace("0af7651916cd43dd8448eb211c80319c"));
    duration.record(30, Attributes.empty(), trace("1af7651916cd43dd8448eb211c80319c"));
    assertThat(page.render()).as("another reader").doesNotContain("trace_id");

    assertThat(page.renderOpenMetrics().replaceAll(" [0-9]{10}\\.[0-9]{3}", " NOW"))
        .isEqualTo(
            """
            # HELP hints Hints \\"received\\"
            # TYPE hints counter
            hints_total 3
            # TYPE line_bytes counter
            # UNIT line_bytes bytes
            line_bytes_total 7
            # TYPE request_duration_seconds histogram
            # UNIT request_duration_seconds seconds
            request_duration_seconds_bucket{le="0.1"} 1
            request_duration_seconds_bucket{le="1.0"} 2 # {span_id="b7ad6b7169203331",trace_id="0af7651916cd43dd8448eb211c80319c"} 0.25 NOW
            request_duration_seconds_bucket{le="+Inf"} 3 # {span_id="b7ad6b7169203331",trace_id="1af7651916cd43dd8448eb211c80319c"} 30 NOW
            request_duration_seconds_sum 30.3
            request_duration_seconds_count 3
            # EOF
            """);
    assertThat(page.render()).doesNotContain("trace_id", "UNIT", "EOF");
  }

  private static Context trace(String id) {
    return Context.root()
        .with(
            Span.wrap(
                SpanContext.create(
                    id, "b7ad6b7169203331", TraceFlags.getSampled(), TraceState.getDefault())));
  }

  @Test
  void nothingIsWrittenAfterTheEnd() {
    meter.counterBuilder("x").build().add(1);
    provider.close();
    assertThat(page.render()).isEmpty();
  }
}
