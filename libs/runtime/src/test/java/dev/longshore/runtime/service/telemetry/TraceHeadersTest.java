package dev.longshore.runtime.service.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceHeadersTest {
  private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  @Test
  void aTraceGoesOverTheWireAndBack() {
    Context context = TraceHeaders.extract(Map.of("traceparent", PARENT, "tracestate", "a=b"));
    assertThat(Span.fromContext(context).getSpanContext().getTraceId())
        .isEqualTo("0af7651916cd43dd8448eb211c80319c");
    assertThat(TraceHeaders.inject(context))
        .containsExactlyInAnyOrderEntriesOf(Map.of("traceparent", PARENT, "tracestate", "a=b"));
  }

  @Test
  void outsideOfATraceThereIsNothingToWrite() {
    assertThat(TraceHeaders.inject(Context.root())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "00", "nonsense", "00-00000000000000000000000000000000-b7ad6b7169203331-01"})
  void aMalformedHeaderIsNoTrace(String parent) {
    Context context = TraceHeaders.extract(name -> name.equals("traceparent") ? parent : null);
    assertThat(Span.fromContext(context).getSpanContext().isValid()).isFalse();
  }
}
