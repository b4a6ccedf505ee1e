package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.deploy.PrometheusQuery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/operations.md leaves nothing out that an operator can meet. */
class OperationsTest {
  private static final Path ROOT = root();
  private static final Pattern INSTRUMENT =
      Pattern.compile(
          "\\.(?:gauge|counter|histogram|upDownCounter)Builder\\(\\s*\"([a-z0-9._]+)\"");
  private static final String TYPE = "# TYPE ";
  private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");

  @Test
  void itHasEveryMetricThatTheServicesTell() throws Exception {
    TreeSet<String> metrics = new TreeSet<>();
    for (Path source : sources()) {
      Matcher instrument = INSTRUMENT.matcher(Files.readString(source));
      while (instrument.find()) {
        metrics.add(instrument.group(1).replace('.', '_'));
      }
    }

    assertThat(metrics).contains("longshore_gaps", "http_server_request_duration");
    String metricsSection = section("## Metrics");
    assertThat(metrics)
        .allSatisfy(
            metric -> assertThat(metricsSection).containsPattern("`" + metric + "[a-z_]*`"));
  }

  @Test
  void itHasEveryMetricOfOursThatAnAlertOrAPanelAsksFor() throws Exception {
    String metrics = section("## Metrics");
    Pattern part = Pattern.compile("_(count|bucket|sum)$");

    assertThat(PrometheusQuery.all())
        .flatExtracting(PrometheusQuery::selectors)
        .extracting(PrometheusQuery.Selector::metric)
        .filteredOn(metric -> metric.startsWith("longshore_"))
        .hasSizeGreaterThan(20)
        .allSatisfy(
            metric ->
                assertThat(metrics).contains("`" + part.matcher(metric).replaceFirst("") + "`"));
  }

  @Test
  void itSaysOfEveryAlertWhatToDo() throws Exception {
    List<String> alerts = new ArrayList<>();
    Matcher alert = ALERT.matcher(Files.readString(ROOT.resolve("deploy/compose/alerts.yml")));
    while (alert.find()) {
      alerts.add(alert.group(1));
    }

    assertThat(alerts).isNotEmpty();
    assertThat(section("## Alerts").lines().filter(line -> line.startsWith("### ")))
        .containsExactlyElementsOf(alerts.stream().map(name -> "### " + name).toList());
  }

  @Test
  void theFilesItLinksAreThere() throws Exception {
    Matcher links = Pattern.compile("\\]\\(([^)#:]+)[)#]").matcher(text());
    while (links.find()) {
      assertThat(ROOT.resolve("docs").resolve(links.group(1))).exists();
    }
  }

  /** Every metric of a page of /metrics that is not in the document. */
  static List<String> missing(String page) throws IOException {
    String metrics = section("## Metrics");
    return page.lines()
        .filter(line -> line.startsWith(TYPE))
        .map(line -> line.substring(TYPE.length(), line.lastIndexOf(' ')))
        .filter(name -> !metrics.contains("`" + name + "`"))
        .toList();
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String modules : List.of("libs", "services", "app")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(modules))) {
        files
            .filter(file -> file.toString().contains("/src/main/"))
            .filter(file -> file.toString().endsWith(".java"))
            .forEach(sources::add);
      }
    }
    return sources;
  }

  private static String section(String title) throws IOException {
    String text = text();
    int start = text.indexOf("\n" + title + "\n") + 1;
    assertThat(start).as(title).isPositive();
    int end = text.indexOf("\n## ", start);
    return text.substring(start, end < 0 ? text.length() : end);
  }

  private static String text() throws IOException {
    return Files.readString(ROOT.resolve("docs/operations.md"));
  }

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("longshore"))) {
      folder = folder.getParent();
    }
    return folder;
  }
}
