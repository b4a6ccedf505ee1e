package dev.longshore.runtime.service.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
  void spansGoToTheCollectorThatIsConfigured() throws Exception {
    CompletableFuture<String> received = new CompletableFuture<>();
    HttpServer collector =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/v1/traces",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
          received.complete(new String(body, StandardCharsets.ISO_8859_1));
        });
    collector.start();
    try {
      URI address = URI.create("http://127.0.0.1:" + collector.getAddress().getPort());
      try (Telemetry telemetry = start(address, new RecordedSpans(10))) {
        span(telemetry.openTelemetry().getTracer("test"), "a span to find");
      }
      assertThat(received.get(10, TimeUnit.SECONDS))
          .contains("a span to find", "longshore-watcher");
    } finally {
      collector.stop(0);
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
