package dev.longshore.app.clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.programs.FreePorts;
import dev.longshore.programs.Program;
import dev.longshore.programs.Ready;
import dev.longshore.programs.RunningProgram;
import dev.longshore.programs.Tools;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The OpenTelemetry Collector, which sends on as JSON what it understood. */
final class OtelCollector implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<JsonNode> traces = new CopyOnWriteArrayList<>();
  private final List<JsonNode> metrics = new CopyOnWriteArrayList<>();
  private final HttpServer behind;
  private final RunningProgram program;
  private final URI address;

  /**
   * Starts it.
   *
   * @param folder for its settings and its log
   */
  OtelCollector(Path folder) throws IOException, InterruptedException {
    this.behind = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    behind.createContext("/v1/traces", exchange -> take(exchange, "resourceSpans", traces));
    behind.createContext("/v1/metrics", exchange -> take(exchange, "resourceMetrics", metrics));
    behind.start();
    String listen = "127.0.0.1:" + FreePorts.find();
    this.address = URI.create("http://" + listen);
    Path settings =
        Files.writeString(
            folder.resolve("collector.yaml"),
            """
            receivers: {otlp: {protocols: {http: {endpoint: "%s"}}}}
            exporters: {otlp_http: {endpoint: "http://127.0.0.1:%d", encoding: json, compression: none}}
            service:
              telemetry: {metrics: {level: none}}
              pipelines:
                traces: {receivers: [otlp], exporters: [otlp_http]}
                metrics: {receivers: [otlp], exporters: [otlp_http]}
            """
                .formatted(listen, behind.getAddress().getPort()));
    this.program =
        new Program(
                "otel-collector",
                Tools.ofProject().command("otel-collector", "--config", "file:" + settings),
                folder.resolve("collector.log"),
                Ready.says("Everything is ready"),
                START)
            .start();
  }

  private static void take(HttpExchange exchange, String field, List<JsonNode> into)
      throws IOException {
    try (exchange) {
      JSON.readTree(exchange.getRequestBody()).path(field).forEach(into::add);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      byte[] answer = {'{', '}'};
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  URI address() {
    return address;
  }

  /** What it took so far, by process: each has a resource, and its spans by scope. */
  List<JsonNode> traces() {
    return List.copyOf(traces);
  }

  List<JsonNode> metrics() {
    return List.copyOf(metrics);
  }

  @Override
  public void close() throws Exception {
    program.close();
    behind.stop(0);
  }
}
