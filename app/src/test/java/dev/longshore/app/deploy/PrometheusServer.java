package dev.longshore.app.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.programs.FreePorts;
import dev.longshore.programs.Program;
import dev.longshore.programs.Ready;
import dev.longshore.programs.RunningProgram;
import dev.longshore.programs.Tools;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * A Prometheus with the settings and alerts of deploy/compose, but its own targets, each second.
 */
public final class PrometheusServer implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RunningProgram program;
  private final URI address;
  private final HttpClient client = HttpClient.newHttpClient();

  private PrometheusServer(RunningProgram program, URI address) {
    this.program = program;
    this.address = address;
  }

  /**
   * Starts it.
   *
   * @param folder for its settings, data and log
   * @param targets by the job whose settings they get; other jobs are left out
   */
  public static PrometheusServer start(Path folder, Map<String, List<URI>> targets)
      throws IOException, InterruptedException {
    Path settings = folder.resolve("prometheus.json");
    JSON.writeValue(settings.toFile(), settings(targets));
    String address = "127.0.0.1:" + FreePorts.find();
    RunningProgram program =
        new Program(
                "prometheus",
                Tools.ofProject()
                    .command(
                        "prometheus",
                        "--config.file=" + settings,
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=" + address,
                        "--enable-feature=exemplar-storage"),
                folder.resolve("prometheus.log"),
                Ready.when(() -> isReady(URI.create("http://" + address + "/-/ready"))),
                LIMIT)
            .start();
    return new PrometheusServer(program, URI.create("http://" + address));
  }

  /** It answers before it is. */
  private static boolean isReady(URI uri) throws IOException {
    HttpURLConnection call = (HttpURLConnection) uri.toURL().openConnection();
    call.setConnectTimeout(Ready.PATIENCE_MILLIS);
    call.setReadTimeout(Ready.PATIENCE_MILLIS);
    try {
      return call.getResponseCode() == HttpURLConnection.HTTP_OK;
    } finally {
      call.disconnect();
    }
  }

  private static Map<String, Object> settings(Map<String, List<URI>> targets) throws IOException {
    Map<String, Object> settings =
        new Yaml(new SafeConstructor(new LoaderOptions()))
            .load(Files.readString(PrometheusQuery.COMPOSE.resolve("prometheus.yml")));
    settings.put("global", Map.of("scrape_interval", "1s", "evaluation_interval", "1s"));
    settings.put("rule_files", List.of(PrometheusQuery.ALERTS.toAbsolutePath().toString()));
    List<Object> jobs = new ArrayList<>();
    if (settings.get("scrape_configs") instanceof List<?> configured) {
      for (Object one : configured) {
        if (one instanceof Map<?, ?> job
            && targets.containsKey(String.valueOf(job.get("job_name")))) {
          jobs.add(job(job, targets.get(String.valueOf(job.get("job_name")))));
        }
      }
    }
    settings.put("scrape_configs", jobs);
    return settings;
  }

  private static Map<String, Object> job(Map<?, ?> configured, List<URI> targets) {
    Map<String, Object> job = new HashMap<>();
    configured.forEach((key, value) -> job.put(String.valueOf(key), value));
    List<String> addresses = targets.stream().map(URI::getAuthority).toList();
    job.put(
        "static_configs",
        List.of(Map.of("targets", addresses, "labels", Map.of("site", "core", "service", "test"))));
    job.remove("relabel_configs");
    job.remove("dns_sd_configs");
    return job;
  }

  /**
   * What it answers to a query now.
   *
   * @return its status, and its result or error
   */
  public JsonNode query(String text) throws IOException, InterruptedException {
    return ask("/api/v1/query?query=" + URLEncoder.encode(text, StandardCharsets.UTF_8));
  }

  /** Labels of the exemplars of the last hour that it has of these series. */
  public List<JsonNode> exemplars(String series) throws IOException, InterruptedException {
    long now = System.currentTimeMillis() / 1_000;
    List<JsonNode> all = new ArrayList<>();
    ask("/api/v1/query_exemplars?query=%s&start=%d&end=%d"
            .formatted(URLEncoder.encode(series, StandardCharsets.UTF_8), now - 3_600, now + 60))
        .path("data")
        .forEach(one -> one.path("exemplars").forEach(its -> all.add(its.path("labels"))));
    return all;
  }

  /** Names of all metrics that it has. */
  public List<String> metrics() throws IOException, InterruptedException {
    List<String> names = new ArrayList<>();
    ask("/api/v1/label/__name__/values").path("data").forEach(name -> names.add(name.asText()));
    return names;
  }

  /** The rules of its alerts, each with its health and what it has found. */
  public List<JsonNode> alertRules() throws IOException, InterruptedException {
    List<JsonNode> rules = new ArrayList<>();
    ask("/api/v1/rules?type=alert")
        .path("data")
        .path("groups")
        .forEach(group -> group.path("rules").forEach(rules::add));
    return rules;
  }

  private JsonNode ask(String what) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(address.resolve(what)).timeout(LIMIT).build();
    return JSON.readTree(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
  }

  @Override
  public void close() {
    program.close();
    client.close();
  }
}
