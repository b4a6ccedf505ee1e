package dev.longshore.app.ops;

import dev.longshore.app.decision.Forgetting;
import dev.longshore.app.decision.Retrying;
import dev.longshore.app.query.Queries;
import dev.longshore.app.query.kafka.KeptKafka;
import dev.longshore.app.query.lag.KnownSites;
import dev.longshore.app.settings.FollowedSettings.Staleness;
import dev.longshore.app.settings.OpsSettings;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.edge.access.Authenticator;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.edge.http.EdgeOptions;
import dev.longshore.runtime.edge.http.HttpEdge;
import dev.longshore.runtime.edge.http.Route;
import dev.longshore.runtime.kafka.DeadLetters;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.settings.value.Listen;
import dev.longshore.watcher.Deliveries;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The operations page: its listener and what it shows. */
public final class OpsService {
  private static final int MAX_CONCURRENT = 64;
  private static final int MAX_CONNECTIONS = 512;

  /** A reason, a name, and the digests that a plan meant. */
  private static final int MAX_BODY_BYTES = 128 * 1024;

  private static final Duration ANSWER = Duration.ofSeconds(30);

  /** A stream's reader takes an event every few seconds, or is gone. */
  private static final Duration STALL = Duration.ofSeconds(10);

  private final LiveStreams live;
  private final SitesView sites;
  private final LagWatch lag;
  private final HttpEdge edge;
  private final KeptKafka kafka = new KeptKafka();

  /**
   * What the page knows by.
   *
   * @param settings those that count
   * @param staleness in what they are older than their file
   * @param caughtUp the catalog with everything that Kafka holds now
   * @param problem why the catalog cannot be read on now
   * @param deliveries what came to the watcher in this process; null without one
   * @param sites what the hub in this process knows, or a hub's settings tell
   */
  public record Sources(
      Supplier<Settings> settings,
      Supplier<Staleness> staleness,
      Queries.Knowledge caughtUp,
      Supplier<Optional<String>> problem,
      @Nullable Deliveries deliveries,
      KnownSites.Source sites) {}

  /**
   * Wires it, without starting it.
   *
   * @param writer writes decisions
   * @param letters work that failed for good
   */
  public OpsService(
      ServiceContext context,
      Sources sources,
      Forgetting.Writer writer,
      DeadLetters letters,
      Vertx vertx) {
    this(context, sources, writer, letters, vertx, LagWatch.USUAL);
  }

  /**
   * @param pause between two looks at how far sites are behind
   */
  OpsService(
      ServiceContext context,
      Sources sources,
      Forgetting.Writer writer,
      DeadLetters letters,
      Vertx vertx,
      Duration pause) {
    Catalog catalog = context.catalog();
    Clock clock = context.clock();
    OpsSettings its = sources.settings().get().ops();
    PageFiles files = new PageFiles();
    this.live = new LiveStreams(LiveStreams.Times.USUAL, files.version(), clock);
    var _ = catalog.onChange(_ -> live.changed());
    var _ = catalog.onRebuilt(live::changed);
    Supplier<Queries> queries =
        () ->
            new Queries(
                sources.settings().get(),
                () -> catalog,
                sources.staleness().get(),
                sources.deliveries(),
                sources.sites());
    LagSeries series = new LagSeries();
    this.lag = new LagWatch(sources.sites(), series, pause, clock);
    this.sites = new SitesView(sources.sites(), series, clock, live::reported);
    Reading reading = new Reading(catalog, sources.problem());
    NowView now =
        new NowView(sources.settings(), reading, queries, kafka, sites, clock, live::changed);
    PageAudit audit = new PageAudit(context.audit(), clock);
    PageRoutes page =
        new PageRoutes(
            sources.settings(),
            catalog,
            queries,
            known ->
                new Deciding(
                    sources.settings().get(),
                    known,
                    writer,
                    new Retrying(letters, known.decisions()),
                    clock),
            sources.caughtUp(),
            reading,
            now,
            sites,
            live,
            audit);
    this.edge =
        new HttpEdge(
            vertx,
            options(its.listener()),
            routes(its, page, files, audit, clock),
            context.telemetry(),
            context.audit());
  }

  private static EdgeOptions options(ListenerSettings listener) {
    return new EdgeOptions(
        "ops",
        listener,
        MAX_CONCURRENT,
        MAX_CONNECTIONS,
        EdgeOptions.MAX_HEADER_BYTES,
        MAX_BODY_BYTES,
        ANSWER,
        STALL,
        EdgeOptions.FIRST_REQUEST);
  }

  private static List<Route> routes(
      OpsSettings settings, PageRoutes page, PageFiles files, PageAudit audit, Clock clock) {
    ListenerSettings listener = settings.listener();
    Authenticator authenticator = Authenticator.of(listener.access(), clock);
    Sessions sessions = new Sessions(Sessions.Limits.USUAL, clock);
    SessionCookie cookie = new SessionCookie(listener);
    PageDoor door =
        new PageDoor(
            new BrowserGuard(listener, settings.hosts()),
            new PageAdmission(authenticator, sessions, cookie));
    List<Route> routes = new ArrayList<>(page.routes(door, files));
    routes.addAll(
        new LoginRoutes(
                authenticator,
                sessions,
                cookie,
                Sessions.Limits.USUAL,
                audit,
                files.version(),
                page::refusal)
            .routes(door));
    return routes;
  }

  /** A site or a report has changed. */
  public void sitesChanged() {
    sites.changed();
  }

  /** The address of the page; with the real port, once started. */
  public Listen address() {
    return edge.address();
  }

  /** Why what it shows is not found out any more, if so. */
  public Optional<String> trouble() {
    return lag.trouble();
  }

  /** The parts in starting order: streams end before the listener waits for its requests. */
  public List<Part> parts() {
    return List.of(lag, new Asking(kafka), edge, live);
  }

  private record Asking(KeptKafka kafka) implements Part {
    @Override
    public String name() {
      return "clients of Kafka";
    }

    @Override
    public void start() {}

    @Override
    public void stop(Duration drain) {
      kafka.close();
    }
  }
}
