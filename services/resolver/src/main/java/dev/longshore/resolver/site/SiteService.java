package dev.longshore.resolver.site;

import dev.longshore.catalog.CatalogSource;
import dev.longshore.events.PullState;
import dev.longshore.ipfs.check.PrivacyGuard;
import dev.longshore.ipfs.kubo.FlatfsFiles;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.PinNames;
import dev.longshore.resolver.PullSink;
import dev.longshore.resolver.ResolverConfig;
import dev.longshore.resolver.Upstream;
import dev.longshore.resolver.site.SiteFolder.Identity;
import dev.longshore.resolver.site.SiteStore.Value;
import dev.longshore.resolver.site.neighbor.NeighborListener;
import dev.longshore.resolver.site.neighbor.NeighborSettings;
import dev.longshore.resolver.site.neighbor.Neighborhood;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.edge.http.HttpEdge;
import dev.longshore.runtime.service.lifecycle.Part;
import io.opentelemetry.api.metrics.BatchCallback;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The service of a site's node: follows its hub, keeps the images in the hub's rules on its own
 * Kubo, and feeds the resolver's catalog. It starts and serves without a hub.
 */
public final class SiteService implements Part, PullSink {
  private static final Duration CALL = Duration.ofSeconds(30);

  private final SiteStore store;
  private final Membership hub;
  private final ServedNames names;
  private final HubSource source;
  private final RequestTargets targets;
  private final ReadRepair readRepair;
  private final RequestedDags requested;
  private final Demands demands;
  private final SiteReporter reports;
  private final ChangesLoop changes;
  private final SiteLoops loops;
  private final BatchCallback metrics;
  private final @Nullable NeighborsOfSite neighbors;

  /**
   * Wires the service.
   *
   * @param context whose catalog it alone feeds
   * @param node the site's own node
   * @param version of this Longshore
   * @throws IOException when the node has not joined, or its files cannot be read
   */
  public SiteService(
      ServiceContext context,
      SiteSettings settings,
      ResolverConfig resolver,
      IpfsNode node,
      String version)
      throws IOException {
    this(context, settings, resolver, node, version, Surroundings.of(context, resolver));
  }

  SiteService(
      ServiceContext context,
      SiteSettings settings,
      ResolverConfig resolver,
      IpfsNode node,
      String version,
      Surroundings surroundings)
      throws IOException {
    SiteFolder folder = new SiteFolder(context.shared().home());
    Identity identity = folder.joined();
    this.store = SiteStore.open(folder.store());
    store.joined(identity.joinedAt());
    SiteClock clock =
        SiteClock.kept(store, identity.joinedAt(), surroundings.wall(), surroundings.nanos());
    beginSequence(identity, clock);
    KeptDags dags = new KeptDags(store, clock);
    SiteTelemetry telemetry = new SiteTelemetry(context.telemetry(), store);
    this.names = new ServedNames(store, context.catalog(), clock, settings.maxAge());
    AtomicReference<@Nullable KeepLoop> keeper = new AtomicReference<>();
    MissedNames missed = new MissedNames(dags::group, dags::isNamed, clock);
    this.reports =
        new SiteReporter(
            store,
            clock,
            surroundings.disk(),
            () -> of(keeper).obstacle(),
            missed,
            identity.node(),
            version);
    List<URI> hubs =
        settings.hubs().isEmpty() ? List.of(URI.create(identity.hub())) : settings.hubs();
    this.hub =
        new Membership(
            folder,
            identity,
            hubs,
            bytes -> {
              reports.overTheLine(bytes);
              telemetry.overTheLine(bytes);
            },
            dags::group,
            settings.neighbors() != null);
    NeighborSettings near = settings.neighbors();
    Neighborhood neighborhood =
        near == null
            ? null
            : new Neighborhood(
                near,
                hub.site(),
                identity.node(),
                folder::neighborTls,
                surroundings.neighbors(),
                telemetry::fromNeighbors);
    DagFetch.Hubs line = neighborhood == null ? hub : new SharedLine(hub, neighborhood);
    AtomicReference<@Nullable SiteDagProvider> provider = new AtomicReference<>();
    this.changes =
        new ChangesLoop(
            hub,
            store,
            new AppliedChanges(store, clock),
            names,
            reports,
            clock,
            surroundings.backoff(),
            surroundings.nanos(),
            () -> {
              of(keeper).look();
              SiteDagProvider its = provider.get();
              if (its != null) {
                its.look();
              }
            });
    FlatfsFiles files =
        resolver.kuboRepository() == null ? null : new FlatfsFiles(resolver.kuboRepository());
    String installation = PinNames.prefix(context.shared().installationName());
    String pins = installation + "site:";
    LocalBlocks local = new LocalBlocks(node, files);
    DagFetch fetch =
        new DagFetch(
            line,
            node,
            local,
            surroundings.rate(),
            new PrivacyGuard(CALL, context.clock()),
            resolver.kubo().allowPublicIpfs(),
            pins + identity.site(),
            surroundings.portions(),
            telemetry);
    FreshBlocks fresh = new FreshBlocks();
    BadBlocks bad =
        new BadBlocks(
            dags,
            new RottedDags(store, clock),
            new PinnedRot(store, clock),
            names,
            node,
            local::read,
            fresh,
            fetch::end,
            pins,
            telemetry,
            surroundings.nanos(),
            () -> of(keeper).look());
    this.targets = new RequestTargets(store, clock, names, context.current()::rules);
    this.readRepair =
        new ReadRepair(dags, targets::recent, fetch, line, local, fresh, bad, surroundings.stall());
    this.requested = new RequestedDags(dags::group, surroundings.nanos(), () -> of(keeper).look());
    RequestedFetch requestedFetch =
        new RequestedFetch(
            requested,
            targets,
            dags,
            fetch,
            line,
            names,
            surroundings.disk(),
            surroundings.backoff(),
            telemetry,
            () -> of(keeper).look(),
            changes::look);
    this.demands =
        new Demands(
            requested,
            requestedFetch,
            targets,
            fetch,
            readRepair,
            surroundings.stall(),
            telemetry,
            missed,
            changes::look);
    AnyNodePlacement one =
        new AnyNodePlacement(
            store,
            clock,
            neighborhood,
            surroundings.turn(),
            () -> {
              of(keeper).look();
              changes.look();
            });
    Evictions evictions =
        new Evictions(
            new LeavingDags(store, clock),
            one,
            names,
            node,
            requested,
            new PartialPins(dags, node, local, installation + "site-part"),
            surroundings.disk(),
            pins,
            changes::look);
    KeepLoop keep =
        new KeepLoop(
            dags,
            fetch,
            requested,
            evictions,
            one,
            bad,
            names,
            node,
            surroundings.disk(),
            clock,
            surroundings.backoff(),
            pins,
            telemetry,
            changes::look);
    keeper.set(keep);
    if (near == null || neighborhood == null) {
      this.neighbors = null;
    } else {
      SiteDagProvider its = new SiteDagProvider(store, demands, local);
      provider.set(its);
      this.neighbors = new NeighborsOfSite(near.listen(), neighborhood, its, folder, context);
    }
    this.source = new HubSource(store, clock, changes::problem);
    this.metrics =
        telemetry.watch(
            new SiteTelemetry.Looks(
                reports::present, surroundings.disk(), source::age, keep::turnedAt, reports::cut));
    BlockScrub scrub =
        new BlockScrub(
            store,
            clock,
            local::read,
            settings.scrubRate().bytes(),
            bad,
            pause -> new Signal().await(pause));
    this.loops = new SiteLoops(names, surroundings.backoff());
    loops.add("changes of the hub", changes::run);
    loops.add("images of the site", keep::run);
    loops.add("blocks of the site", scrub::run);
    loops.add("images of one node", one::run);
  }

  /** Whether nothing that is asked for begins until blocks were collected. */
  boolean collectsFirst() {
    return requested.isCollectionFirst();
  }

  /** How many neighbors answered lately. */
  int neighborsAnswering() {
    NeighborsOfSite its = neighbors;
    return its == null ? 0 : its.neighborhood().answering();
  }

  /** Where its neighbors ask it; empty if it has none. */
  public Optional<NeighborListener> neighborListener(Vertx vertx) {
    return Optional.ofNullable(neighbors)
        .map(
            its ->
                its.listener(
                    (options, routes) ->
                        new HttpEdge(
                            vertx,
                            options,
                            routes,
                            its.context().telemetry(),
                            its.context().audit())));
  }

  private static KeepLoop of(AtomicReference<@Nullable KeepLoop> keeper) {
    KeepLoop set = keeper.get();
    if (set == null) {
      throw new IllegalStateException("the site is still being wired");
    }
    return set;
  }

  /** One whose store is new, but has reported before, goes on above what it may have reached. */
  private void beginSequence(Identity identity, SiteClock clock) {
    if (store.value(Value.SEQUENCE).isEmpty()) {
      Duration joined = Duration.between(identity.joinedAt(), clock.instant());
      store.put(Value.SEQUENCE, Math.max(0, joined.toSeconds()));
    }
  }

  /** What follows the hub, as the resolver sees it. */
  public CatalogSource source() {
    return source;
  }

  /** Where the resolver gets what is asked for and not here. */
  public Upstream upstream() {
    return new Upstream(demands, demands, targets);
  }

  /** Why it does not go on; a hub that is away is no reason. */
  public Optional<String> trouble() {
    return loops
        .trouble()
        .or(() -> Optional.ofNullable(neighbors).flatMap(its -> its.neighborhood().trouble()));
  }

  @Override
  public String name() {
    return "site";
  }

  @Override
  public void start() {
    demands.begin();
    names.begin();
    if (neighbors != null) {
      neighbors.neighborhood().start();
    }
    loops.start();
  }

  @Override
  public void stop(Duration drain) throws InterruptedException {
    metrics.close();
    try {
      demands.close();
      readRepair.close();
      loops.stop(drain);
    } finally {
      if (neighbors != null) {
        neighbors.neighborhood().close();
      }
      hub.close();
      store.close();
    }
  }

  @Override
  public boolean always() {
    return true;
  }

  @Override
  public void keep(PullState pull) {
    reports.pulled(pull.digest());
  }
}
