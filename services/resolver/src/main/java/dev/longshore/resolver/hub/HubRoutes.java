package dev.longshore.resolver.hub;

import dev.longshore.catalog.Catalog;
import dev.longshore.model.Digest;
import dev.longshore.resolver.content.VerifiedContents;
import dev.longshore.runtime.edge.access.CallerPlaces;
import dev.longshore.runtime.edge.http.EdgeHandler;
import dev.longshore.runtime.edge.http.ErrorBodies;
import dev.longshore.runtime.edge.http.Route;
import dev.longshore.sites.SitePaths;
import io.opentelemetry.api.metrics.Meter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A hub's routes for sites. */
public final class HubRoutes implements AutoCloseable {
  private static final String SITE = Pattern.quote(SitePaths.PREFIX) + "[^/]+";
  private static final Pattern CHANGES = Pattern.compile(SITE + "/changes");
  private static final Pattern NODES = Pattern.compile(SITE + "/dags/[^/]+/nodes");
  private static final Pattern LEAVES = Pattern.compile(SITE + "/dags/[^/]+/leaves");

  /** Limit of requests waiting for a change, for a thousand nodes; each costs a connection. */
  private static final int WAITING = 1024;

  private static final int WAITING_OF_A_SITE = 32;

  /** Limit of requests for blocks; a site fetches a few images at once. */
  private static final int FETCHING = 128;

  private static final int FETCHING_OF_A_SITE = 8;

  private final List<Route> routes;
  private final ChangeSignals signals;
  private final WaitingCalls waiting;
  private final ReportIntake reports;

  /**
   * @param contents the source of blocks
   * @param pulled takes digests pulled at sites, without waiting
   * @param answerWithin when the listener gives up on an answer that has not begun
   */
  public HubRoutes(
      Hub hub,
      Catalog catalog,
      VerifiedContents contents,
      Consumer<Digest> pulled,
      Duration answerWithin,
      Meter meter,
      InstantSource clock) {
    SiteGroups groups = new SiteGroups(hub.groups());
    SiteCall.Reader calls = new SiteCall.Reader(hub.admissions(), groups);
    this.signals = new ChangeSignals(catalog, groups);
    this.waiting = new WaitingCalls();
    this.reports =
        new ReportIntake(
            hub, new MissedAtSites(catalog, meter, clock), catalog, pulled, meter, clock);
    ImageBlocks sources = new ImageBlocks(catalog, contents);
    PlatformDags platforms = new PlatformDags(catalog, sources::of, clock);
    ChangesHandler changes =
        new ChangesHandler(
            catalog,
            calls,
            signals,
            waiting,
            reports,
            hub.signer(),
            new SiteImages(catalog, platforms, clock),
            answerWithin,
            clock);
    BlocksHandler blocks =
        new BlocksHandler(calls, new SiteRights(catalog, hub.rules(), clock), sources, platforms);
    CallerPlaces places = new CallerPlaces(WAITING, WAITING_OF_A_SITE);
    CallerPlaces fetching = new CallerPlaces(FETCHING, FETCHING_OF_A_SITE);
    this.routes =
        Stream.concat(
                hub.entry().stream(),
                Stream.of(
                    route(hub, "site-changes", "POST", CHANGES, changes).withPlaces(places),
                    route(hub, "site-nodes", "GET", NODES, blocks::nodes).withPlaces(fetching),
                    route(hub, "site-leaves", "POST", LEAVES, blocks::leaves).withPlaces(fetching)))
            .toList();
  }

  private static Route route(
      Hub hub, String name, String method, Pattern path, EdgeHandler handler) {
    return new Route(
        name,
        null,
        Set.of(method),
        path.asMatchPredicate(),
        ErrorBodies.PLAIN,
        handler,
        hub.admission());
  }

  /** The routes, for the resolver's listener. */
  public List<Route> routes() {
    return routes;
  }

  @Override
  public void close() {
    waiting.close();
    signals.close();
    reports.close();
  }
}
