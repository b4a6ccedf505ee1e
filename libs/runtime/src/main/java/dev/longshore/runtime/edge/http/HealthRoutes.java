package dev.longshore.runtime.edge.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.runtime.edge.rights.Scope;
import dev.longshore.runtime.service.health.Health;
import dev.longshore.runtime.service.health.HealthReport;
import dev.longshore.runtime.service.health.PartHealth;
import dev.longshore.runtime.service.metrics.MetricsPage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code /health/live}, {@code /health/ready} and {@code /metrics}. */
public final class HealthRoutes {
  private static final Map<String, String> JSON =
      Map.of("Content-Type", "application/json", "Cache-Control", "no-store");

  private HealthRoutes() {}

  /** The routes, for any listener. */
  public static List<Route> of(Health health, MetricsPage metrics) {
    return List.of(
        read(
            Scope.HEALTH,
            "/health/live",
            exchange -> exchange.send(200, JSON, bytes("{\"status\":\"live\"}"))),
        read(
            Scope.HEALTH,
            "/health/ready",
            exchange -> {
              HealthReport report = health.report();
              exchange.send(report.ready() ? 200 : 503, JSON, bytes(json(report)));
            }),
        read(Scope.METRICS, "/metrics", exchange -> metrics(exchange, metrics)));
  }

  /** In the format that a Prometheus asks for; others get the older one, which all read. */
  private static void metrics(Exchange exchange, MetricsPage metrics)
      throws IOException, InterruptedException {
    boolean isOpen =
        exchange.headers("Accept").stream()
            .anyMatch(types -> types.contains("application/openmetrics-text"));
    exchange.send(
        200,
        Map.of(
            "Content-Type",
            isOpen ? MetricsPage.OPEN_MEDIA_TYPE : MetricsPage.MEDIA_TYPE,
            "Vary",
            "Accept"),
        bytes(isOpen ? metrics.renderOpenMetrics() : metrics.render()));
  }

  private static Route read(Scope scope, String path, EdgeHandler handler) {
    return new Route(path, scope, Set.of("GET", "HEAD"), path::equals, ErrorBodies.PLAIN, handler);
  }

  private static String json(HealthReport report) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("status", report.ready() ? "ready" : "not ready");
    body.put("asked", report.asked().toString());
    var parts = body.putArray("parts");
    for (PartHealth part : report.parts()) {
      ObjectNode entry = parts.addObject();
      entry.put("part", part.part()).put("status", part.ready() ? "ready" : "not ready");
      if (part.cause() != null) {
        entry.put("cause", part.cause());
      }
      entry.put("since", part.since().toString());
    }
    return body.toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
