package dev.longshore.runtime.service.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TelemetryTest {
  private static TelemetrySettings settings(URI collector) {
    return new TelemetrySettings(collector, LogFormat.PLAIN, LogLevel.INFO);
  }

  private static Telemetry start(URI collector, RecordedSpans recorded) {
    return Telemetry.start(
        "longshore-watcher", "1.2.3", "west-2", settings(collector), List.of(recorded));
  }

  private static String span(Tracer tracer, String name) {
    Span span = tracer.spanBuilder(name).startSpan();
    span.end();
    return span.getSpanContext().getTraceId();
  }

  @Test
  void oneTracesSpansAreKeptInTheOrderOfTheirStart() throws InterruptedException {
    RecordedSpans recorded = new RecordedSpans(100);
    try (Telemetry telemetry = start(null, recorded)) {
      Tracer tracer = telemetry.openTelemetry().getTracer("test");
      span(tracer, "another");
      Span push = tracer.spanBuilder("push").startSpan();
      try (Scope _ = push.makeCurrent()) {
        span(tracer, "observe");
        span(tracer, "convert");
      }
      String trace = push.getSpanContext().getTraceId();
      assertThat(recorded.await(trace, spans -> spans.size() == 3, Duration.ofMillis(1)))
          .hasSize(2);
      push.end();

      List<SpanData> spans =
          recorded.await(trace, found -> found.size() == 3, Duration.ofSeconds(10));
      assertThat(spans).extracting(SpanData::getName).containsExactly("push", "observe", "convert");
      assertThat(spans.get(1).getParentSpanId()).isEqualTo(spans.getFirst().getSpanId());
      assertThat(spans.getFirst().getResource().getAttributes().asMap().toString())
          .contains(
              "service.name=longshore-watcher",
              "service.version=1.2.3",
              "service.instance.id=west-2");
    }
  }

  @Test
  void recordsAndLogLinesNameTheirTraceWithoutAnyCollectorToo() {
    try (Telemetry telemetry =
        Telemetry.start("longshore-watcher", "1.2.3", "west-2", settings(null), List.of())) {
      Span span = telemetry.openTelemetry().getTracer("test").spanBuilder("push").startSpan();
      assertThat(span.getSpanContext().isValid()).isTrue();
      assertThat(span.getSpanContext().isSampled()).isTrue();
      span.end();
    }
  }

  @Test
  void theTraceThatBeganFirstIsForgottenFirst() {
    RecordedSpans recorded = new RecordedSpans(2);
    try (Telemetry telemetry = start(null, recorded)) {
      Tracer tracer = telemetry.openTelemetry().getTracer("test");
      String first = span(tracer, "a");
      String second = span(tracer, "b");
      String third = span(tracer, "c");
      assertThat(recorded.trace(first)).isEmpty();
      assertThat(recorded.trace(second)).hasSize(1);
      assertThat(recorded.trace(third)).hasSize(1);
    }
    assertThatIllegalArgumentException().isThrownBy(() -> new RecordedSpans(0));
  }

  @Test
  void spansGoToTheCollectorThatIsConfiguredAndMetricsDoNot() throws Exception {
    try (Collector collector = new Collector()) {
      try (Telemetry telemetry = start(collector.address(), new RecordedSpans(10))) {
        span(telemetry.openTelemetry().getTracer("test"), "a span to find");
        telemetry.openTelemetry().getMeter("test").counterBuilder("things").build().add(2);
      }
      assertThat(collector.received.get("/v1/traces"))
          .contains("a span to find", "longshore-watcher");
      assertThat(collector.received).doesNotContainKey("/v1/metrics");
    }
  }

  @Test
  void metricsGoThereTooIfTheyShallAndNameTraces() throws Exception {
    try (Collector collector = new Collector()) {
      SpanContext span;
      try (Telemetry telemetry =
          Telemetry.start(
              "longshore-watcher",
              "1.2.3",
              "west-2",
              new TelemetrySettings(
                  collector.address(), true, LogFormat.PLAIN, LogLevel.INFO, null, false, true),
              List.of())) {
        Span push = telemetry.openTelemetry().getTracer("test").spanBuilder("push").startSpan();
        span = push.getSpanContext();
        try (Scope _ = push.makeCurrent()) {
          telemetry
              .openTelemetry()
              .getMeter("test")
              .histogramBuilder("times.of.things")
              .setDescription("How long it took")
              .build()
              .record(2);
        }
        push.end();
        assertThat(telemetry.metrics().render()).contains("times_of_things_count 1");
      }
      assertThat(collector.received.get("/v1/metrics"))
          .contains("times.of.things", "How long it took", "longshore-watcher", "west-2")
          .contains(new String(span.getTraceIdBytes(), StandardCharsets.ISO_8859_1));
    }
  }

  /** Takes whatever comes. */
  private static final class Collector implements AutoCloseable {
    private final Map<String, String> received = new ConcurrentHashMap<>();
    private final HttpServer server;

    Collector() throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/",
          exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            received.merge(
                exchange.getRequestURI().getPath(),
                new String(body, StandardCharsets.ISO_8859_1),
                String::concat);
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
          });
      server.start();
    }

    URI address() {
      return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  @Test
  void metricsOfTheProcessAreOnItsPage() {
    try (Telemetry telemetry = start(null, new RecordedSpans(1))) {
      telemetry.openTelemetry().getMeter("test").counterBuilder("things").build().add(2);
      assertThat(telemetry.metrics().render()).contains("things_total 2\n");
    }
  }
}
