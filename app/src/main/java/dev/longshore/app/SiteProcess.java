package dev.longshore.app;

import dev.longshore.app.doctor.StartChecks;
import dev.longshore.app.parts.KeptProgram;
import dev.longshore.app.settings.FollowedSettings;
import dev.longshore.app.settings.Settings;
import dev.longshore.app.settings.SettingsMetrics;
import dev.longshore.app.sites.OwnKubo;
import dev.longshore.catalog.Catalog;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.resolver.ResolverConfig;
import dev.longshore.resolver.ResolverService;
import dev.longshore.resolver.site.SiteFolder;
import dev.longshore.resolver.site.SiteService;
import dev.longshore.resolver.site.SiteSettings;
import dev.longshore.resolver.site.neighbor.NeighborListener;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.edge.audit.AuditTrail;
import dev.longshore.runtime.edge.http.EdgeOptions;
import dev.longshore.runtime.edge.http.HealthRoutes;
import dev.longshore.runtime.edge.http.HttpEdge;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.endpoint.TimerAlarms;
import dev.longshore.runtime.service.health.Health;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.runtime.service.metrics.ProcessMetrics;
import dev.longshore.runtime.service.telemetry.Telemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** A node of a site in one process: its service, and a resolver of what it holds. No Kafka. */
public final class SiteProcess {
  /** Its name on the command line. */
  public static final String NAME = "site";

  private static final Duration HEALTH_LIMIT = Duration.ofSeconds(2);

  private final List<Part> parts = new ArrayList<>();
  private final Health health;

  /**
   * Wires the process without starting it.
   *
   * @throws IOException when this node has not joined a site
   */
  public SiteProcess(FollowedSettings followed) throws IOException {
    Settings settings = followed.started();
    SharedSettings shared = settings.shared();
    // Before anything is opened for it.
    var _ = new SiteFolder(shared.home()).joined();
    // What comes on demand goes to the node, too: a cache would have it a second time.
    ResolverConfig resolver = settings.neededResolver().withoutCache();
    Clock clock = Clock.systemUTC();
    Telemetry telemetry =
        Telemetry.start(
            "longshore-site", Version.NUMBER, shared.instance(), shared.telemetry(), List.of());
    OpenTelemetry measured = telemetry.openTelemetry();
    TimerAlarms alarms = new TimerAlarms();
    ProcessMetrics.register(measured.getMeter("dev.longshore.process"));
    SettingsMetrics.register(measured.getMeter("dev.longshore.settings"), followed::staleness);
    this.health = new Health(clock);
    AuditTrail audit = AuditTrail.toLog(measured.getMeter("dev.longshore.audit"));
    Vertx vertx = Vertx.vertx();
    Catalog catalog =
        Catalog.open(shared.home().resolve("stores").resolve(NAME).resolve("catalog.db"), clock);
    ServiceContext context =
        new ServiceContext(
            shared,
            followed.current(),
            catalog,
            new Endpoints(clock, alarms, RandomGenerator.getDefault()),
            measured,
            audit,
            clock);
    IpfsNode node = KuboNodes.open(resolver.kubo());
    SiteSettings section = settings.site();
    Optional<KeptProgram> kubo = ownKubo(shared.home(), section, resolver);
    SiteService site = new SiteService(context, section, resolver, node, Version.NUMBER);

    parts.add(Running.closing("telemetry", telemetry));
    parts.add(Running.closing("endpoints", alarms));
    parts.add(audit);
    parts.add(new Running("http", () -> {}, _ -> vertx.close().await()));
    parts.add(Running.closing("catalog", catalog));
    kubo.ifPresent(parts::add);
    parts.add(site);
    ResolverService served =
        new ResolverService(
            context,
            resolver,
            site.source(),
            KuboNodes::open,
            site,
            Optional.empty(),
            Optional.of(site.upstream()),
            vertx);
    parts.addAll(served.parts());
    Optional<NeighborListener> neighbors = site.neighborListener(vertx);
    neighbors.ifPresent(parts::add);
    parts.add(new StartChecks(settings, Set.of(ServiceName.RESOLVER)));
    parts.add(followed);
    parts.add(
        new HttpEdge(
            vertx,
            EdgeOptions.of("health", shared.health()),
            HealthRoutes.of(health, telemetry.metrics()),
            measured,
            audit));

    kubo.ifPresent(its -> watch(its.name(), its::trouble));
    neighbors.ifPresent(its -> watch(its.name(), its::trouble));
    watch(audit.name(), audit::trouble);
    watch("site", site::trouble);
    watch("resolver", served::trouble);
    health.watch("catalog", HEALTH_LIMIT, catalog::completeAt);
    health.watch(
        "site's node " + node.name(), HEALTH_LIMIT, () -> node.id(Deadline.after(HEALTH_LIMIT)));
  }

  /** The Kubo that it runs itself, if it does. */
  private static Optional<KeptProgram> ownKubo(
      Path home, SiteSettings section, ResolverConfig resolver) throws IOException {
    Path program = section.kuboProgram();
    if (program == null) {
      return Optional.empty();
    }
    Path repository = resolver.kuboRepository();
    if (repository == null) {
      throw new IOException(
          "site.kubo-program: resolver.kubo-repository is not set (expected: where that Kubo has"
              + " its blocks, as site join writes it)");
    }
    try {
      return Optional.of(OwnKubo.of(home, program, resolver.kubo(), repository).part());
    } catch (IllegalArgumentException e) {
      throw new IOException("resolver.kubo, with site.kubo-program: " + e.getMessage(), e);
    }
  }

  private void watch(String what, Supplier<Optional<String>> trouble) {
    health.watch(
        what,
        HEALTH_LIMIT,
        () ->
            trouble
                .get()
                .ifPresent(
                    why -> {
                      throw new IllegalStateException(why);
                    }));
  }

  /** The parts in starting order. */
  public List<Part> parts() {
    return List.copyOf(parts);
  }
}
