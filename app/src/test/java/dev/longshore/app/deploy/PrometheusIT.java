package dev.longshore.app.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.programs.Tools;
import dev.longshore.runtime.service.metrics.ProcessMetrics;
import dev.longshore.runtime.service.telemetry.LogFormat;
import dev.longshore.runtime.service.telemetry.LogLevel;
import dev.longshore.runtime.service.telemetry.Telemetry;
import dev.longshore.runtime.service.telemetry.TelemetrySettings;
import dev.longshore.runtime.testing.Eventually;
import io.opentelemetry.api.metrics.Meter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Prometheus takes the settings, alerts and queries of deploy/compose; each alert comes in time.
 */
class PrometheusIT {

  @TempDir Path folder;

  @Test
  void itTakesItsSettingsAndTheAlerts() throws Exception {
    String said =
        Tools.ofProject()
            .run(
                "promtool",
                "check",
                "config",
                PrometheusQuery.COMPOSE.resolve("prometheus.yml") + "");

    assertThat(said).contains(PrometheusQuery.alerts().size() + " rules found");
  }

  @Test
  void everyAlertComesWhenItShouldAndOnlyThen() throws Exception {
    List<String> files = tests();
    StringBuilder tests = new StringBuilder();
    for (String file : files) {
      tests.append(Files.readString(Path.of(file)));
    }
    assertThat(PrometheusQuery.alerts())
        .isNotEmpty()
        .allSatisfy(alert -> assertThat(tests).contains("alertname=\"" + alert.where() + "\""));

    List<String> arguments = new ArrayList<>(List.of("test", "rules"));
    arguments.addAll(files);
    assertThat(Tools.ofProject().run("promtool", arguments.toArray(String[]::new)))
        .contains("SUCCESS");
  }

  private static List<String> tests() throws IOException {
    try (Stream<Path> files = Files.list(PrometheusQuery.COMPOSE)) {
      return files.map(Path::toString).filter(file -> file.endsWith(".test.yml")).sorted().toList();
    }
  }

  @Test
  void itTakesEveryQueryOfTheDashboards() throws Exception {
    List<PrometheusQuery> queries = PrometheusQuery.dashboards();
    List<Map<String, String>> rules =
        IntStream.range(0, queries.size())
            .mapToObj(i -> Map.of("record", "query:" + i, "expr", queries.get(i).text()))
            .toList();
    assertThat(rules).hasSizeGreaterThan(10);
    // JSON is YAML.
    Path file = folder.resolve("dashboard.yml");
    new ObjectMapper()
        .writeValue(
            file.toFile(), Map.of("groups", List.of(Map.of("name", "dashboard", "rules", rules))));

    assertThat(Tools.ofProject().run("promtool", "check", "rules", file.toString()))
        .contains(rules.size() + " rules found");
  }

  /** So alerts and dashboards hold for who sends metrics by OTLP, too. */
  @Test
  void whatItGetsByOtlpHasTheNamesOfThePage() throws Exception {
    try (PrometheusServer prometheus = PrometheusServer.start(folder, Map.of())) {
      Set<String> page = new TreeSet<>();
      try (Telemetry telemetry =
          Telemetry.start(
              "longshore-test",
              "1",
              "main",
              new TelemetrySettings(
                  prometheus.otlp(), true, LogFormat.PLAIN, LogLevel.INFO, null, false, true),
              List.of())) {
        Meter meter = telemetry.openTelemetry().getMeter("test");
        ProcessMetrics.register(meter);
        meter.counterBuilder("longshore.site.node.line").setUnit("By").build().add(1);
        meter.counterBuilder("longshore.peer.copies_made").setUnit("{copy}").build().add(1);
        meter.gaugeBuilder("longshore.pinner.images").setUnit("{image}").build().set(1);
        meter.gaugeBuilder("longshore.site.up_to_date").ofLongs().build().set(1);
        meter.histogramBuilder("longshore.image.lag").setUnit("s").build().record(1);
        telemetry
            .metrics()
            .render()
            .lines()
            .filter(line -> !line.startsWith("#"))
            .forEach(line -> page.add(line.split("[{ ]", 2)[0]));
      }
      assertThat(page).hasSizeGreaterThan(8);
      Eventually.await(
          "metrics by OTLP", () -> ask(prometheus::metrics).contains("process_uptime_seconds"));
      assertThat(prometheus.metrics()).containsAll(page);
    }
  }

  private static <T> T ask(Callable<T> question) {
    try {
      return question.call();
    } catch (Exception e) {
      throw new AssertionError("Prometheus does not answer", e);
    }
  }
}
