package dev.longshore.app.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.app.deploy.PrometheusQuery;
import dev.longshore.app.deploy.PrometheusServer;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.programs.Tools;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.MetricConventions;
import dev.longshore.testing.RandomImage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * After two pushes and one pull without failures, the services or Kubo export every metric and
 * label that an alert or a panel names: counters of failures exist from the start.
 */
@Timeout(120)
class MetricNamesIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration TWO_INVENTORIES = Duration.ofSeconds(60);
  private static final HttpRequest.BodyPublisher EMPTY = HttpRequest.BodyPublishers.noBody();
  private static final Pattern SERIES = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? \\S+");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern LABEL_OF_TARGET =
      Pattern.compile("target_label: (\\w+)|labels: \\{(\\w+):");

  /** Told by hubs, which {@code UpIT} asks for with its sites. */
  private static final Pattern TOLD_ELSEWHERE =
      Pattern.compile("longshore_hub_.*|longshore_site_.*");

  /** Told where something went wrong. */
  private static final Pattern OF_TROUBLE = Pattern.compile("longshore_image_lag_skew_seconds");

  @RegisterExtension static final SharedCluster CLUSTER = SharedCluster.startedAnew();

  private static final Map<String, List<Map<String, String>>> TOLD = new HashMap<>();

  /** Given to every series by Prometheus. */
  private static final Set<String> LABELS_OF_TARGETS = new HashSet<>(Set.of("job", "instance"));

  @TempDir static Path folder;

  @BeforeAll
  static void pushPullAndLook() throws Exception {
    DevelopmentCluster cluster = CLUSTER.get();
    RepositoryName name = cluster.name("team/metrics");
    InMemoryRegistry source = new InMemoryRegistry();
    // The first poll may find it before its notification comes: then nobody knows when it was
    // pushed, and its lag is not measured.
    source.push(name, "polled", RandomImage.of(71));
    cluster.push(source, name, "polled");
    cluster.awaitTag("team/metrics", "polled");
    RunnableImage.pushUncompressed(source, name);
    cluster.push(source, name, "v1");
    cluster.awaitTag("team/metrics", "v1");
    Tools.ofProject()
        .command("crane")
        .in(folder)
        .run("pull", cluster.resolver() + "/" + name.host().pathForm() + "/team/metrics:v1", "x");
    URI kubo = cluster.nodes().getFirst();
    breakAConnection(kubo);
    Matcher target =
        LABEL_OF_TARGET.matcher(
            Files.readString(
                Path.of(System.getProperty("longshore.root"), "deploy/compose/prometheus.yml")));
    while (target.find()) {
      LABELS_OF_TARGETS.add(target.group(1) == null ? target.group(2) : target.group(1));
    }
    // Some appear once their loop has run, unknown pins after the second inventory.
    List<PrometheusQuery> queries = PrometheusQuery.all();
    Eventually.answer(
        TWO_INVENTORIES,
        () -> {
          TOLD.clear();
          TOLD.put("up", List.of(Map.of()));
          read(cluster.metrics());
          read(kubo.resolve("/debug/metrics/prometheus"));
          return untold(queries);
        },
        List::isEmpty);
  }

  private static List<PrometheusQuery.Selector> untold(List<PrometheusQuery> queries) {
    return queries.stream()
        .flatMap(query -> query.selectors().stream())
        .filter(selector -> isToldHere(selector.metric()))
        .filter(selector -> !isTold(selector))
        .toList();
  }

  private static boolean isToldHere(String metric) {
    return !TOLD_ELSEWHERE.matcher(metric).matches() && !OF_TROUBLE.matcher(metric).matches();
  }

  private static boolean isToldHere(PrometheusQuery query) {
    return query.selectors().stream().allMatch(one -> isToldHere(one.metric()));
  }

  /** Kubo counts connections that were closed only when one was. */
  private static void breakAConnection(URI kubo) throws IOException, InterruptedException {
    String peers = answer(HttpRequest.newBuilder(kubo.resolve("/api/v0/swarm/peers")).POST(EMPTY));
    String peer = new ObjectMapper().readTree(peers).at("/Peers/0/Peer").asText();
    for (String call : List.of("disconnect", "connect")) {
      URI uri = kubo.resolve("/api/v0/swarm/%s?arg=/p2p/%s".formatted(call, peer));
      answer(HttpRequest.newBuilder(uri).POST(EMPTY));
    }
  }

  private static void read(URI page) throws IOException, InterruptedException {
    answer(HttpRequest.newBuilder(page))
        .lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(MetricNamesIT::told);
  }

  private static String answer(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(request.timeout(LIMIT).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as("%s: %s", answer.uri(), answer.body()).isEqualTo(200);
      return answer.body();
    }
  }

  private static void told(String line) {
    Matcher series = SERIES.matcher(line);
    assertThat(series.matches()).as(line).isTrue();
    Map<String, String> labels = new HashMap<>();
    Matcher label = LABEL.matcher(series.group(2) == null ? "" : series.group(2));
    while (label.find()) {
      labels.put(label.group(1), label.group(2));
    }
    TOLD.computeIfAbsent(series.group(1), _ -> new ArrayList<>()).add(labels);
  }

  @Test
  void eachMetricHasAHelpAndAUnitAndNoLabelNamesAnImage() throws Exception {
    HttpRequest.Builder asked =
        HttpRequest.newBuilder(CLUSTER.get().metrics())
            .header("Accept", "application/openmetrics-text;version=1.0.0");
    String page = answer(asked);

    assertThat(MetricConventions.faults(page)).isEmpty();
    assertThat(page).doesNotContain("team/metrics");
  }

  @Test
  void everyMetricIsToldWithTheLabelsThatAreAskedFor() throws Exception {
    List<PrometheusQuery> queries = PrometheusQuery.all();

    assertThat(queries).hasSizeGreaterThan(20).noneMatch(query -> query.selectors().isEmpty());
    assertThat(untold(queries)).isEmpty();
  }

  @Test
  void aPrometheusHasWhatEveryPanelShowsAndNoAlertFires() throws Exception {
    DevelopmentCluster cluster = CLUSTER.get();
    try (PrometheusServer prometheus =
        PrometheusServer.start(
            folder, Map.of("longshore", List.of(cluster.metrics()), "kubo", cluster.nodes()))) {
      String scraped = "min(count_over_time(up[1m])) > 3 and min(up) == 1";
      Eventually.await(
          "all is scraped some times, and each rule looked at",
          () ->
              answer(() -> prometheus.query(scraped)).at("/data/result").size() == 1
                  && answer(prometheus::alertRules).stream()
                      .noneMatch(rule -> rule.path("health").asText().equals("unknown")));

      List<String> failed = new ArrayList<>();
      Set<String> metrics = new HashSet<>(prometheus.metrics());
      for (PrometheusQuery query : PrometheusQuery.all()) {
        JsonNode answer = prometheus.query(query.text());
        if (!answer.path("status").asText().equals("success")) {
          failed.add(query.where() + ": " + answer);
        }
        for (PrometheusQuery.Selector selector : query.selectors()) {
          if (!metrics.contains(selector.metric()) && isToldHere(selector.metric())) {
            failed.add(query.where() + ": nobody tells " + selector.metric());
          }
        }
      }
      assertThat(failed).isEmpty();
      // Of a page that did not come within a second, Prometheus knows nothing until the next one.
      Eventually.answer(LIMIT, () -> thatShowNothing(prometheus), List::isEmpty);
      assertThat(
              Eventually.answer(
                  LIMIT,
                  () -> prometheus.exemplars("longshore_image_lag_seconds_bucket"),
                  found -> !found.isEmpty()))
          .as("from a time to the trace of its push")
          .allMatch(labels -> labels.path("trace_id").asText().length() == 32);
      assertThat(prometheus.alertRules())
          .hasSameSizeAs(PrometheusQuery.alerts())
          .allSatisfy(
              rule -> {
                assertThat(rule.path("health").asText()).as("%s", rule).isEqualTo("ok");
                assertThat(rule.path("state").asText()).as("%s", rule).isNotEqualTo("firing");
              });
    }
  }

  private static List<String> thatShowNothing(PrometheusServer prometheus) throws Exception {
    List<String> nothing = new ArrayList<>();
    for (PrometheusQuery panel : PrometheusQuery.dashboards()) {
      if (isToldHere(panel)
          && prometheus.query(panel.whereAllIsWell()).at("/data/result").isEmpty()) {
        nothing.add(panel.where() + ": " + panel.whereAllIsWell());
      }
    }
    return nothing;
  }

  private static <T> T answer(Callable<T> question) {
    try {
      return question.call();
    } catch (Exception e) {
      throw new IllegalStateException("Prometheus does not answer", e);
    }
  }

  private static boolean isTold(PrometheusQuery.Selector selector) {
    Set<String> labels = new HashSet<>(selector.labels());
    labels.removeAll(LABELS_OF_TARGETS);
    Map<String, String> values = new HashMap<>(selector.values());
    values.keySet().removeAll(LABELS_OF_TARGETS);
    return TOLD.getOrDefault(selector.metric(), List.of()).stream()
        .anyMatch(
            series ->
                series.keySet().containsAll(labels)
                    && series.entrySet().containsAll(values.entrySet()));
  }

  @Test
  void everyLabelByWhichSomethingIsSummedOrNamedIsThere() throws Exception {
    List<String> missing = new ArrayList<>();
    for (PrometheusQuery query : PrometheusQuery.all()) {
      if (!isToldHere(query)) {
        continue;
      }
      Set<String> there = labels(query);
      Set<String> result = query.sumsBy().isEmpty() ? there : query.sumsBy();
      missing.addAll(absent(query.sumsBy(), there, query, "sums by"));
      missing.addAll(absent(query.joinsOn(), there, query, "joins on"));
      missing.addAll(absent(query.shown(), result, query, "names in its text"));
    }
    assertThat(missing).isEmpty();
  }

  private static List<String> absent(
      Set<String> wanted, Set<String> there, PrometheusQuery query, String how) {
    return wanted.stream()
        .filter(label -> !there.contains(label))
        .map(label -> "%s %s %s: %s".formatted(query.where(), how, label, query.text()))
        .toList();
  }

  /** Those of all its metrics, and of its targets. */
  private static Set<String> labels(PrometheusQuery query) {
    Set<String> labels = new HashSet<>(LABELS_OF_TARGETS);
    query
        .selectors()
        .forEach(
            selector ->
                TOLD.getOrDefault(selector.metric(), List.of())
                    .forEach(series -> labels.addAll(series.keySet())));
    return labels;
  }
}
