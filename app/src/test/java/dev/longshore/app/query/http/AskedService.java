package dev.longshore.app.query.http;

import dev.longshore.app.query.Queries;
import dev.longshore.app.query.lag.KnownSites;
import dev.longshore.app.settings.FollowedSettings.Staleness;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.SiteCredentialsState;
import dev.longshore.events.State;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.hub.SiteLags;
import dev.longshore.runtime.edge.http.EdgeOptions;
import dev.longshore.runtime.edge.http.HttpEdge;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import dev.longshore.testing.ManualClock;
import dev.longshore.watcher.Deliveries;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A service's health listener with the real routes, whose catalog has one image. There is no Kafka:
 * who reads it fails.
 */
public final class AskedService implements AutoCloseable {
  private static final String KAFKA = "kafka: {bootstrap-servers: [\"127.0.0.1:1\"]}\n";

  /** Everybody on loopback may ask. */
  public static final String OPEN = "listen: 127.0.0.1:%d";

  private static final ImageState IMAGE = Samples.image(1).shownBy(Evidence.READ);

  public static final String NAME = Samples.REGISTRY + "/" + IMAGE.name().repository() + ":v1";

  final Catalog catalog = Catalog.inMemory(new ManualClock(Samples.NOW));

  /** What came to its watcher. */
  public final Deliveries deliveries = new Deliveries(new ManualClock(Samples.NOW));

  private static final SiteCredentialsState SITE =
      new SiteCredentialsState(
          new SiteName("shop-1"), "shops", List.of(), Samples.NOW, Samples.NOW);

  private final SiteLags lags = new SiteLags(catalog, List::of, new ManualClock(Samples.NOW));
  Staleness staleness = Staleness.NONE;
  private final RecordLog log = new RecordLog();
  private final Vertx vertx = Vertx.vertx();
  private final Path folder;
  private final HttpEdge edge;

  /** One that everybody on loopback may ask. */
  public AskedService(Path folder) throws Exception {
    this(folder, OPEN);
  }

  /** With this health listener, which has a place for the port. */
  public AskedService(Path folder, String health) throws Exception {
    this(folder, health, "", null, QueryRoutes.Limits.USUAL);
  }

  /**
   * @param health its settings, with a place for the port
   * @param more sections
   * @param knowledge its own catalog if null
   */
  AskedService(
      Path folder,
      String health,
      String more,
      Queries.Knowledge knowledge,
      QueryRoutes.Limits limits)
      throws Exception {
    this.folder = folder;
    KnownSites.Source sites = () -> Optional.of(new KnownSites(List.of(SITE), List.of(), lags));
    put(Samples.tag(IMAGE.name().repository(), "v1", 1), IMAGE);
    Settings settings = settings(health.formatted(0), more);
    edge =
        new HttpEdge(
            vertx,
            EdgeOptions.of("health", settings.shared().health()),
            QueryRoutes.of(
                () -> settings,
                () -> staleness,
                knowledge == null ? () -> catalog : knowledge,
                deliveries,
                sites,
                limits),
            OpenTelemetry.noop());
    edge.start();
  }

  void put(State... states) {
    for (State state : states) {
      catalog.writer().apply(List.of(log.put(state)));
    }
  }

  int port() {
    return edge.address().port();
  }

  /** Settings of who asks it, as a file. */
  public Path config(String health, String more) throws Exception {
    return Files.writeString(
        Files.createTempFile(folder, "longshore", ".yaml"), text(health.formatted(port()), more));
  }

  /** Settings of who asks it and shows nothing, as a file. */
  public Path config() throws Exception {
    return config(OPEN, "");
  }

  /** Asks it as a command with these settings does. */
  QueryClient.Told ask(String health, String more, String query, String image, boolean json)
      throws Exception {
    return new QueryClient(load(config(health, more)).shared()).ask(query, image, json);
  }

  private Settings settings(String health, String more) throws Exception {
    return load(
        Files.writeString(Files.createTempFile(folder, "service", ".yaml"), text(health, more)));
  }

  private static String text(String health, String more) {
    return KAFKA + "health: {" + health + "}\n" + more;
  }

  static Settings load(Path file) throws Exception {
    return new ConfigLoader<>(Settings.class)
        .load(new ConfigSources(file, Map.of(), List.of()))
        .settings();
  }

  @Override
  public void close() throws Exception {
    edge.stop(Duration.ofSeconds(1));
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    catalog.close();
  }
}
