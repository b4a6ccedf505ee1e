package dev.longshore.app.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * What an alert of deploy/compose or a panel of its dashboards asks of Prometheus.
 *
 * @param where the alert's name, or the panel's title
 * @param shown labels of the result that its texts name
 */
public record PrometheusQuery(String where, String text, Set<String> shown) {
  static final Path COMPOSE =
      Path.of(System.getProperty("longshore.root", "..")).resolve("deploy/compose");
  static final Path ALERTS = COMPOSE.resolve("alerts.yml");

  private static final Path DASHBOARDS = COMPOSE.resolve("grafana/dashboards");
  private static final Pattern LABEL_OF_ALERT = Pattern.compile("\\$labels\\.(\\w+)");
  private static final Pattern LABEL_OF_LEGEND = Pattern.compile("\\{\\{\\s*(\\w+)\\s*}}");
  private static final Pattern LABELS =
      Pattern.compile("\\b(by|on|without|ignoring)\\s*\\(([^)]*)\\)");
  private static final Pattern RANGE = Pattern.compile("\\[[^]]*]");
  private static final Pattern SELECTOR =
      Pattern.compile("(?<![\\w.])([a-zA-Z_:][\\w:]*)(?:\\s*\\{([^}]*)}|(?![\\w:]|\\s*\\())");
  private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");
  private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "bool", "offset");

  /**
   * What a query takes of one metric.
   *
   * @param labels that it looks at
   * @param values that some of them must have
   */
  public record Selector(String metric, Set<String> labels, Map<String, String> values) {}

  /** The queries of the alerts and of the dashboards. */
  public static List<PrometheusQuery> all() throws IOException {
    List<PrometheusQuery> all = new ArrayList<>(alerts());
    all.addAll(dashboards());
    return all;
  }

  public static List<PrometheusQuery> alerts() throws IOException {
    Map<String, List<Map<String, List<Map<String, Object>>>>> file =
        new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(ALERTS));
    return file.get("groups").stream()
        .flatMap(group -> group.get("rules").stream())
        .map(
            rule ->
                new PrometheusQuery(
                    String.valueOf(rule.get("alert")),
                    String.valueOf(rule.get("expr")),
                    all(LABEL_OF_ALERT, String.valueOf(rule.get("annotations")))))
        .toList();
  }

  public static List<PrometheusQuery> dashboards() throws IOException {
    List<PrometheusQuery> queries = new ArrayList<>();
    try (Stream<Path> files = Files.list(DASHBOARDS)) {
      for (Path file : files.sorted().toList()) {
        JsonNode dashboard = new ObjectMapper().readTree(file.toFile());
        String title = dashboard.path("title").asText();
        for (JsonNode panel : dashboard.path("panels")) {
          for (JsonNode target : panel.path("targets")) {
            queries.add(
                new PrometheusQuery(
                    title + ": " + panel.path("title").asText(),
                    target.path("expr").asText(),
                    all(LABEL_OF_LEGEND, target.path("legendFormat").asText())));
          }
        }
      }
    }
    return queries;
  }

  /** Whether its answer is empty where all is well. */
  public boolean isOfTrouble() {
    return text.endsWith("> 0") || text.endsWith("> 0)") || text.endsWith("== 0");
  }

  /** The same without its last comparison, which shows something where all is well, too. */
  public String whereAllIsWell() {
    return isOfTrouble() ? text.replaceFirst(" (> 0|== 0)(\\)?)$", "$2") : text;
  }

  /** Whether it asks for what hubs alone tell. */
  public boolean isOfSites() {
    return selectors().stream().anyMatch(one -> one.metric().startsWith("longshore_site_"));
  }

  /** The metrics that it names, each with its labels. */
  public List<Selector> selectors() {
    List<Selector> selectors = new ArrayList<>();
    String rest = RANGE.matcher(LABELS.matcher(text).replaceAll(" ")).replaceAll(" ");
    Matcher selector = SELECTOR.matcher(rest);
    while (selector.find()) {
      if (!OPERATORS.contains(selector.group(1))) {
        selectors.add(selector(selector.group(1), selector.group(2)));
      }
    }
    return selectors;
  }

  private static Selector selector(String metric, String matchers) {
    Set<String> labels = new HashSet<>();
    Map<String, String> values = new HashMap<>();
    Matcher matcher = MATCHER.matcher(matchers == null ? "" : matchers);
    while (matcher.find()) {
      labels.add(matcher.group(1));
      if (matcher.group(2).equals("=")) {
        values.put(matcher.group(1), matcher.group(3));
      }
    }
    return new Selector(metric, labels, values);
  }

  /** Labels by which it sums; empty if its result has those of its metrics. */
  public Set<String> sumsBy() {
    return lists("by");
  }

  /** Labels by which it joins metrics. */
  public Set<String> joinsOn() {
    return lists("on");
  }

  private Set<String> lists(String word) {
    Set<String> labels = new HashSet<>();
    Matcher list = LABELS.matcher(text);
    while (list.find()) {
      if (list.group(1).equals(word)) {
        labels.addAll(List.of(list.group(2).strip().split("\\s*,\\s*")));
      }
    }
    return labels;
  }

  private static Set<String> all(Pattern pattern, String text) {
    Set<String> found = new HashSet<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }
}
