package dev.longshore.app.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.programs.Command;
import dev.longshore.programs.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Prometheus takes the settings, alerts and queries of deploy/compose; each alert comes in time.
 */
class PrometheusIT {
  /** It takes 8 s of a processor, which it may have to share with many. */
  private static final Duration LIMIT = Duration.ofMinutes(8);

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

    // A quarter of its time is Go's collection of garbage, which ends with it anyway.
    Command promtool =
        Tools.ofProject()
            .command("promtool", "test", "rules")
            .with(Map.of("GOGC", "800"))
            .within(LIMIT);
    assertThat(promtool.run(files.toArray(String[]::new))).contains("SUCCESS");
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
}
