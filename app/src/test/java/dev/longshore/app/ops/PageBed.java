package dev.longshore.app.ops;

import dev.longshore.app.query.Queries;
import dev.longshore.app.query.lag.KnownSites;
import dev.longshore.app.settings.FollowedSettings.Staleness;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Batch;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.events.Audited;
import dev.longshore.events.DecisionState;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.kafka.DeadLetters;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.endpoint.TimerAlarms;
import dev.longshore.runtime.service.lifecycle.Lifecycle;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The page over a catalog that a test fills: decisions come back as records, and there is no Kafka.
 */
public final class PageBed implements AutoCloseable {
  /** Everybody on loopback may look and decide. */
  public static final String OPEN = "";

  private final RecordLog log;
  private final Catalog catalog;
  private final Vertx vertx = Vertx.vertx();
  private volatile @Nullable String problem;
  private volatile boolean isLate;
  private final TimerAlarms alarms = new TimerAlarms();
  private final List<Audited> audited = new CopyOnWriteArrayList<>();
  private final List<DecisionState> decided = new CopyOnWriteArrayList<>();
  private final OpsService service;
  private final Lifecycle lifecycle;

  /**
   * @param ops further settings of the section, as flow YAML
   * @param more further sections
   */
  public PageBed(Path folder, String ops, String more, Clock clock) throws Exception {
    this(folder, ops, more, clock, 0);
  }

  PageBed(Path folder, String ops, String more, Clock clock, int port) throws Exception {
    this(folder, ops, more, clock, port, _ -> KnownSites.Source.NONE, LagWatch.USUAL);
  }

  /**
   * @param sites what a hub in this process knows, by its catalog
   * @param pause between two looks at how far they are behind
   */
  PageBed(
      Path folder,
      String ops,
      String more,
      Clock clock,
      int port,
      Function<Catalog, KnownSites.Source> sites,
      Duration pause)
      throws Exception {
    this(folder, ops, more, clock, port, sites, pause, true);
  }

  private PageBed(
      Path folder,
      String ops,
      String more,
      Clock clock,
      int port,
      Function<Catalog, KnownSites.Source> sites,
      Duration pause,
      boolean isRead)
      throws Exception {
    this.log = new RecordLog(clock.instant());
    this.catalog = Catalog.open(Files.createTempFile(folder, "page", ".db"), clock);
    Settings settings = settings(folder, ops, more, port);
    this.service =
        new OpsService(
            new ServiceContext(
                settings.shared(),
                catalog,
                new Endpoints(clock, alarms, RandomGenerator.getDefault()),
                OpenTelemetry.noop(),
                (entry, _) -> audited.add(entry),
                clock),
            new OpsService.Sources(
                () -> settings,
                () -> Staleness.NONE,
                knowledge(),
                () -> Optional.ofNullable(problem),
                null,
                sites.apply(catalog)),
            decision -> {
              decided.add(decision);
              if (!isLate) {
                put(decision);
              }
            },
            new DeadLetters(Map.of("bootstrap.servers", "127.0.0.1:1"), "", Duration.ofSeconds(1)),
            vertx,
            pause);
    this.lifecycle = new Lifecycle(service.parts(), Duration.ofSeconds(2));
    lifecycle.start();
    if (isRead) {
      catalog.writer().complete(clock.instant());
    }
  }

  /** One that has not read all of Kafka. */
  static PageBed unread(Path folder, Clock clock) throws Exception {
    return new PageBed(
        folder, OPEN, "", clock, 0, _ -> KnownSites.Source.NONE, LagWatch.USUAL, false);
  }

  /** What is in Kafka from now on, the page does not hear of. */
  void cannotRead(String why) {
    problem = why;
  }

  /** Its own decisions come back from Kafka when the test puts them. */
  void hearsLate() {
    isLate = true;
  }

  private Queries.Knowledge knowledge() {
    return () -> catalog;
  }

  private static Settings settings(Path folder, String ops, String more, int port)
      throws Exception {
    Path file =
        Files.writeString(
            Files.createTempFile(folder, "page", ".yaml"),
            "kafka: {bootstrap-servers: [\"127.0.0.1:1\"]}\n"
                + "ops: {listen: \"127.0.0.1:%d\"%s}\n".formatted(port, ops)
                + more);
    return new ConfigLoader<>(Settings.class)
        .load(new ConfigSources(file, Map.of(), List.of()))
        .settings();
  }

  public Catalog catalog() {
    return catalog;
  }

  public void put(State... states) {
    List<CatalogRecord> records = new ArrayList<>();
    for (State state : states) {
      records.add(log.put(state));
    }
    catalog.writer().apply(new Batch(records, log.ends()));
  }

  public void fail(WorkFailure failure) {
    Topic topic = failure.kind() == WorkFailure.Kind.PERMANENT ? Topic.FAILED : Topic.RETRY;
    catalog.writer().apply(List.of(log.trouble(topic, failure)));
  }

  /** What the audit log was told. */
  public List<Audited> audited() {
    return audited;
  }

  public List<DecisionState> decided() {
    return decided;
  }

  public int port() {
    return service.address().port();
  }

  public URI at(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }

  /** Asks it as a program does. */
  HttpResponse<String> get(HttpClient client, String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(at(path)).timeout(Duration.ofSeconds(20));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> post(HttpClient client, String path, String body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(at(path))
            .timeout(Duration.ofSeconds(20))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() throws Exception {
    lifecycle.stop();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    alarms.close();
    catalog.close();
  }
}
