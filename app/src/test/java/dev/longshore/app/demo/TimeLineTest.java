package dev.longshore.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimeLineTest {
  private static final long T0 = 1_700_000_000_000_000_000L;
  private final List<SpanData> trace = new ArrayList<>();
  private final SdkTracerProvider provider =
      SdkTracerProvider.builder().addSpanProcessor(new Collect()).build();

  private final class Collect implements SpanProcessor {
    @Override
    public void onStart(Context parent, ReadWriteSpan span) {}

    @Override
    public boolean isStartRequired() {
      return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {
      trace.add(span.toSpanData());
    }

    @Override
    public boolean isEndRequired() {
      return true;
    }
  }

  private Span span(String scope, String name, SpanKind kind, long startMillis) {
    Tracer tracer = provider.get(scope);
    return tracer
        .spanBuilder(name)
        .setSpanKind(kind)
        .setStartTimestamp(T0 + startMillis * 1_000_000, TimeUnit.NANOSECONDS)
        .startSpan();
  }

  private static void end(Span span, long millis) {
    span.end(T0 + millis * 1_000_000, TimeUnit.NANOSECONDS);
  }

  @Test
  void tellsWhenEachServiceWasDoneCountedFromTheNotification() {
    end(span("dev.longshore.http", "POST /hooks/NAME", SpanKind.SERVER, 0), 10);
    Span observe = span("kafka", "process longshore.hints", SpanKind.CONSUMER, 20);
    observe.setAttribute("messaging.destination.name", "longshore.hints");
    end(observe, 50);
    end(span("dev.longshore.converter", "pin", SpanKind.INTERNAL, 100), 200);
    end(span("dev.longshore.converter", "convert", SpanKind.INTERNAL, 60), 300);
    end(span("dev.longshore.pinner", "pin", SpanKind.INTERNAL, 310), 900);
    end(span("dev.longshore.pinner", "pin", SpanKind.INTERNAL, 310), 400);
    Span early = span("dev.longshore.http", "HEAD /v2/", SpanKind.SERVER, 410);
    early.setAttribute("http.response.status_code", 404);
    end(early, 420);
    Span there = span("dev.longshore.http", "HEAD /v2/", SpanKind.SERVER, 910);
    there.setAttribute("http.response.status_code", 200);
    end(there, 950);

    TimeLine line = TimeLine.of(trace).and("pulled", T0 + 2_000_000_000L);

    assertThat(line.text())
        .isEqualTo(
            "hinted 0.01 s, observed 0.05 s, converted 0.30 s, pinned 1 0.40 s, pinned 2 0.90 s,"
                + " resolvable 0.95 s, pulled 2.00 s");
    assertThat(line.has("pinned 2")).isTrue();
    assertThat(line.has("pinned 3")).isFalse();
  }

  @Test
  void countsFromItsFirstStepWhereAPollWasBeforeTheNotification() {
    Span observe = span("kafka", "process longshore.hints", SpanKind.CONSUMER, 20);
    observe.setAttribute("messaging.destination.name", "longshore.hints");
    end(observe, 50);
    end(span("dev.longshore.converter", "convert", SpanKind.INTERNAL, 60), 300);

    assertThat(TimeLine.of(trace).text()).isEqualTo("observed 0.03 s, converted 0.28 s");
  }

  @Test
  void leavesOutWhatDidNotHappen() {
    end(span("dev.longshore.http", "POST /hooks/NAME", SpanKind.SERVER, 0), 10);

    assertThat(TimeLine.of(trace).text()).isEqualTo("hinted 0.01 s");
  }
}
