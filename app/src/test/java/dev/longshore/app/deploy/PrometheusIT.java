package dev.longshore.app.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.programs.Tools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Prometheus takes the settings, alerts and queries of deploy/compose; each alert comes in time.
 */
class PrometheusIT {
  private static final Path TESTS = PrometheusQuery.COMPOSE.resolve("alerts.test.yml");

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
    String tests = Files.readString(TESTS);
    assertThat(PrometheusQuery.alerts())
        .isNotEmpty()
        .allSatisfy(alert -> assertThat(tests).contains("alertname=\"" + alert.where() + "\""));

    assertThat(Tools.ofProject().run("promtool", "test", "rules", TESTS.toString()))
        .contains("SUCCESS");
  }

  @Test
  void itTakesEveryQueryOfTheDashboard() throws Exception {
    List<PrometheusQuery> queries = PrometheusQuery.dashboard();
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
}
