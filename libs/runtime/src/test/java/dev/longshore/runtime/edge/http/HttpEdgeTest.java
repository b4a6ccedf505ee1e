package dev.longshore.runtime.edge.http;

import static dev.longshore.runtime.edge.http.RunningEdge.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.edge.rights.Scope;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.settings.value.Listen;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HttpEdgeTest {
  private static final Route ECHO =
      Route.at(
          Scope.HEALTH,
          "POST",
          "/echo",
          exchange -> exchange.send(200, Map.of("Content-Type", "text/plain"), exchange.body()));
  private static final Route HELLO =
      Route.reads(
          Scope.HEALTH,
          "/hello/",
          ErrorBodies.PLAIN,
          exchange ->
              exchange.send(
                  200,
                  Map.of(),
                  (exchange.path() + " " + exchange.query("q").orElse("-"))
                      .getBytes(StandardCharsets.UTF_8)));

  private static void post(HttpURLConnection connection, byte[] body) throws IOException {
    connection.setDoOutput(true);
    connection.setFixedLengthStreamingMode(body.length);
    connection.getOutputStream().write(body);
  }

  private static JsonNode error(HttpURLConnection connection) throws IOException {
    assertThat(connection.getHeaderField("Content-Type")).isEqualTo("application/json");
    return new ObjectMapper().readTree(body(connection)).path("error");
  }

  @Test
  void aRequestReachesTheFirstRouteThatTakesIt() throws Exception {
    try (RunningEdge edge = RunningEdge.serving(ECHO, HELLO)) {
      HttpURLConnection get = edge.open("/hello/a%2Fb?q=x%20y");
      assertThat(body(get)).isEqualTo("/hello/a%2Fb x y");
      assertThat(get.getHeaderField("X-Content-Type-Options")).isEqualTo("nosniff");
      HttpURLConnection post = edge.open("/echo");
      post(post, "ping".getBytes(StandardCharsets.UTF_8));
      assertThat(body(post)).isEqualTo("ping");
      HttpURLConnection head = edge.open("/hello/");
      head.setRequestMethod("HEAD");
      assertThat(head.getResponseCode()).isEqualTo(200);
      assertThat(head.getContentLength()).isEqualTo(9);
    }
  }

  @Test
  void whatIsNotServedIsSaid() throws Exception {
    try (RunningEdge edge = RunningEdge.serving(ECHO, HELLO)) {
      HttpURLConnection absent = edge.open("/other");
      assertThat(absent.getResponseCode()).isEqualTo(404);
      JsonNode error = error(absent);
      assertThat(error.path("code").asText()).isEqualTo("NOT_FOUND");
      assertThat(error.path("requestId").asText()).isEqualTo(absent.getHeaderField("X-Request-Id"));

      HttpURLConnection wrong = edge.open("/echo");
      assertThat(wrong.getResponseCode()).isEqualTo(405);
      assertThat(wrong.getHeaderField("Allow")).isEqualTo("POST");
      try (Socket socket = edge.raw("GET /hello/?q=%zz HTTP/1.1", "Host: x", "Connection: close")) {
        assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
            .startsWith("HTTP/1.1 400 ");
      }
    }
  }

  @Test
  void failuresOfAHandlerAreWrittenInTheFormOfItsRoute() throws Exception {
    ErrorBodies form = (failure, id) -> "{\"oci\":\"" + failure.code() + "\"}";
    Route refusing =
        new Route(
            "refusing",
            Scope.HEALTH,
            Set.of("GET"),
            path -> path.equals("/refusing"),
            form,
            exchange -> {
              throw new HttpFailure(
                  429, "SLOW_DOWN", "later", Map.of("Retry-After", "7"), new IOException("x"));
            });
    Route broken =
        Route.at(
            Scope.HEALTH,
            "GET",
            "/broken",
            exchange -> {
              throw new IllegalStateException("password hunter2");
            });
    Route silent = Route.at(Scope.HEALTH, "GET", "/silent", exchange -> {});
    try (RunningEdge edge = RunningEdge.serving(refusing, broken, silent)) {
      HttpURLConnection refused = edge.open("/refusing");
      assertThat(refused.getResponseCode()).isEqualTo(429);
      assertThat(refused.getHeaderField("Retry-After")).isEqualTo("7");
      assertThat(body(refused)).isEqualTo("{\"oci\":\"SLOW_DOWN\"}");

      HttpURLConnection fault = edge.open("/broken");
      fault.setRequestProperty("X-Request-Id", "callers-own.1");
      assertThat(fault.getResponseCode()).isEqualTo(500);
      JsonNode error = error(fault);
      assertThat(error.path("requestId").asText()).isEqualTo("callers-own.1");
      assertThat(error.toString()).doesNotContain("hunter2");
      assertThat(edge.open("/silent").getResponseCode()).isEqualTo(500);
    }
  }

  @Test
  void limitsOnHeadersAndBodiesHold() throws Exception {
    try (RunningEdge edge = RunningEdge.with(options -> options.withMaxBodyBytes(1000), ECHO)) {
      HttpURLConnection fits = edge.open("/echo");
      post(fits, new byte[1000]);
      assertThat(fits.getResponseCode()).isEqualTo(200);
      HttpURLConnection tooLarge = edge.open("/echo");
      post(tooLarge, new byte[1001]);
      assertThat(tooLarge.getResponseCode()).isEqualTo(413);
      assertThat(error(tooLarge).path("message").asText())
          .isEqualTo("the body is longer than 1000 bytes");

      HttpURLConnection headers = edge.open("/echo");
      headers.setRequestProperty("X-Long", "x".repeat(EdgeOptions.MAX_HEADER_BYTES));
      assertThat(headers.getResponseCode()).isEqualTo(431);
      assertThat(edge.open("/" + "x".repeat(20_000)).getResponseCode()).isEqualTo(414);
    }
  }

  @Test
  void oneRequestTooManyIsToldToComeBack() throws Exception {
    CountDownLatch entered = new CountDownLatch(2);
    CountDownLatch go = new CountDownLatch(1);
    Route slow =
        Route.at(
            Scope.HEALTH,
            "GET",
            "/slow",
            exchange -> {
              entered.countDown();
              go.await();
              exchange.send(200, Map.of(), new byte[0]);
            });
    try (RunningEdge edge = RunningEdge.with(options -> options.withMaxConcurrent(2), slow)) {
      List<CompletableFuture<Integer>> taken =
          List.of(status(edge, "/slow"), status(edge, "/slow"));
      assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();

      HttpURLConnection third = edge.open("/slow");
      assertThat(third.getResponseCode()).isEqualTo(503);
      assertThat(third.getHeaderField("Retry-After")).isEqualTo("1");
      assertThat(edge.metrics.render())
          .contains("http_server_active_requests{edge=\"test\",url_scheme=\"http\"} 2")
          .contains("longshore_http_refused_total{edge=\"test\"} 1");

      go.countDown();
      for (CompletableFuture<Integer> status : taken) {
        assertThat(status.get(10, TimeUnit.SECONDS)).isEqualTo(200);
      }
      // A place is free again a moment after its answer has arrived.
      int status = 503;
      while (status == 503) {
        status = edge.open("/slow").getResponseCode();
      }
      assertThat(status).isEqualTo(200);
    }
  }

  @Test
  void oneConnectionTooManyIsClosed() throws Exception {
    UnaryOperator<EdgeOptions> oneConnection =
        options ->
            new EdgeOptions(
                options.name(),
                options.listener(),
                1,
                1,
                options.maxHeaderBytes(),
                0,
                options.answerWithin(),
                options.stall(),
                options.firstRequest());
    try (RunningEdge edge = RunningEdge.with(oneConnection, HELLO);
        Socket first = edge.raw("GET /hello/ HTTP/1.1", "Host: x")) {
      assertThat(first.getInputStream().read()).isEqualTo('H');
      try (Socket second = edge.raw("GET /hello/ HTTP/1.1", "Host: x")) {
        assertThat(second.getInputStream().read()).isEqualTo(-1);
      } catch (SocketException reset) {
        assertThat(reset).hasMessageContaining("reset");
      }
    }
  }

  private static CompletableFuture<Integer> status(RunningEdge edge, String path) {
    CompletableFuture<Integer> status = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                status.complete(edge.open(path).getResponseCode());
              } catch (IOException failed) {
                status.completeExceptionally(failed);
              }
            });
    return status;
  }

  @Test
  void aHandlerThatTakesTooLongIsInterruptedAndTheCallerTold() throws Exception {
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    CountDownLatch never = new CountDownLatch(1);
    Route slow =
        Route.at(
            Scope.HEALTH,
            "GET",
            "/slow",
            exchange -> {
              try {
                never.await();
              } catch (InterruptedException told) {
                interrupted.complete(true);
                throw told;
              }
            });
    try (RunningEdge edge =
        RunningEdge.with(
            options -> options.withTimes(Duration.ofMillis(100), Duration.ofSeconds(20)), slow)) {
      HttpURLConnection late = edge.open("/slow");
      assertThat(late.getResponseCode()).isEqualTo(504);
      assertThat(error(late).path("code").asText()).isEqualTo("DEADLINE");
      assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aRequestThatIsNeverWholeIsAnsweredAndLeavesItsPlace() throws Exception {
    try (RunningEdge edge =
        RunningEdge.with(
            options ->
                options
                    .withMaxConcurrent(1)
                    .withTimes(Duration.ofMillis(100), Duration.ofSeconds(20)),
            ECHO,
            HELLO)) {
      try (Socket socket =
          edge.raw("POST /echo HTTP/1.1", "Host: x", "Content-Length: 10", "Connection: close")) {
        assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
            .startsWith("HTTP/1.1 408 ");
      }
      // Not 503; 504 from a machine that takes longer for it than the 100 ms.
      Eventually.answer(
          Eventually.LIMIT, () -> edge.open("/hello/").getResponseCode(), code -> code == 200);
    }
  }

  @Test
  void aCallerWhoLeavesEndsTheHandler() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    CountDownLatch never = new CountDownLatch(1);
    Route slow =
        Route.at(
            Scope.HEALTH,
            "GET",
            "/slow",
            exchange -> {
              entered.countDown();
              try {
                never.await();
              } catch (InterruptedException told) {
                interrupted.complete(true);
                throw told;
              }
            });
    try (RunningEdge edge = RunningEdge.serving(slow)) {
      try (Socket socket = edge.raw("GET /slow HTTP/1.1", "Host: x")) {
        assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(socket.isConnected()).isTrue();
      }
      assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aRequestIsASpanOfItsCallersTrace() throws Exception {
    String trace = "0af7651916cd43dd8448eb211c80319c";
    CompletableFuture<String> inside = new CompletableFuture<>();
    Route route =
        Route.at(
            Scope.HEALTH,
            "GET",
            "/traced",
            exchange -> {
              inside.complete(Span.current().getSpanContext().getTraceId());
              exchange.send(200, Map.of(), new byte[0]);
            });
    try (RunningEdge edge = RunningEdge.serving(route)) {
      HttpURLConnection connection = edge.open("/traced");
      connection.setRequestProperty("traceparent", "00-" + trace + "-b7ad6b7169203331-01");
      assertThat(connection.getResponseCode()).isEqualTo(200);
      assertThat(inside.get()).isEqualTo(trace);
      SpanData span =
          edge.spans.await(trace, spans -> !spans.isEmpty(), Duration.ofSeconds(10)).getFirst();
      assertThat(span.getName()).isEqualTo("GET /traced");
      assertThat(span.getParentSpanId()).isEqualTo("b7ad6b7169203331");
      assertThat(span.getAttributes().asMap().toString()).contains("status_code=200");
    }
  }

  @Test
  void aPortThatIsTakenIsNamed() throws Exception {
    try (RunningEdge first = RunningEdge.serving(ECHO)) {
      Listen taken = first.edge.address();
      Vertx vertx = EventLoops.vertx();
      HttpEdge second =
          new HttpEdge(
              vertx,
              EdgeOptions.of("second", ListenerSettings.open(taken)),
              List.of(ECHO),
              OpenTelemetry.noop());
      assertThatThrownBy(second::start)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen on " + taken)
          .hasMessageEndingWith("free the port or configure another");
      vertx.close().await();
    }
  }

  @Test
  void aStopLetsWhatIsUnderWayEndAndTakesNothingNew() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Route slow =
        Route.at(
            Scope.HEALTH,
            "GET",
            "/slow",
            exchange -> {
              entered.countDown();
              go.await();
              exchange.send(200, Map.of(), new byte[0]);
            });
    try (RunningEdge edge = RunningEdge.serving(slow)) {
      CompletableFuture<Integer> underWay = status(edge, "/slow");
      assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
      CompletableFuture<Boolean> stopped = new CompletableFuture<>();
      Listen address = edge.edge.address();
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                try {
                  edge.edge.stop(Duration.ofSeconds(20));
                  stopped.complete(true);
                } catch (IOException | InterruptedException failed) {
                  stopped.completeExceptionally(failed);
                }
              });
      assertThatThrownBy(
              () -> {
                while (true) {
                  new Socket(InetAddress.getLoopbackAddress(), address.port()).close();
                }
              })
          .isInstanceOf(IOException.class);
      assertThat(stopped).isNotDone();
      go.countDown();
      assertThat(underWay.get(10, TimeUnit.SECONDS)).isEqualTo(200);
      assertThat(stopped.get(20, TimeUnit.SECONDS)).isTrue();
    }
  }
}
