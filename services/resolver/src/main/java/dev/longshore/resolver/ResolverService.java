package dev.longshore.resolver;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogSource;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.resolver.content.BlobCache;
import dev.longshore.resolver.content.VerifiedContents;
import dev.longshore.resolver.hub.Hub;
import dev.longshore.resolver.hub.HubRoutes;
import dev.longshore.resolver.image.Images;
import dev.longshore.resolver.image.Listing;
import dev.longshore.resolver.image.OnDemand;
import dev.longshore.resolver.image.ReadAhead;
import dev.longshore.resolver.image.Referrals;
import dev.longshore.resolver.image.Resolve;
import dev.longshore.resolver.image.member.SqliteMembers;
import dev.longshore.resolver.lookup.Lookup;
import dev.longshore.resolver.lookup.LookupRoute;
import dev.longshore.resolver.lookup.LookupService;
import dev.longshore.resolver.name.Names;
import dev.longshore.resolver.registry.PullObserver;
import dev.longshore.resolver.registry.RegistryApi;
import dev.longshore.resolver.registry.RegistryRoute;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.edge.grpc.GrpcEdge;
import dev.longshore.runtime.edge.http.EdgeOptions;
import dev.longshore.runtime.edge.http.HttpEdge;
import dev.longshore.runtime.edge.http.Route;
import dev.longshore.runtime.edge.rights.Scope;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.settings.value.Listen;
import io.opentelemetry.api.metrics.Meter;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The resolver: wires its parts. Reads the catalog; consumes no events. */
public final class ResolverService {
  private final HttpEdge http;
  private final GrpcEdge grpc;
  private final List<Part> parts;
  private final ReadAhead ahead;
  private final ForgottenBlobs forgotten;
  private final Optional<PulledImagePins> pulledImagePins;
  private final CountedPulls counted;
  private final Deque<AutoCloseable> closing = new ArrayDeque<>();

  /** A resolver whose node fetches missing blocks from its peers. */
  public ResolverService(
      ServiceContext context,
      ResolverConfig config,
      CatalogSource source,
      Function<PeerSettings, IpfsNode> nodes,
      PullSink pulled,
      Optional<Hub> hub,
      Vertx vertx) {
    this(context, config, source, nodes, pulled, hub, Optional.empty(), vertx);
  }

  /**
   * Wires the resolver; it listens once its parts are started.
   *
   * @param source keeps the catalog up to date, and knows its age
   * @param nodes opens the site's node
   * @param pulled stores pulls while a rule needs them
   * @param hub makes it a hub of sites; null if it is none
   * @param upstream fetches missing content if the node has no peers
   * @throws UncheckedIOException when its stores' folder cannot be used
   */
  public ResolverService(
      ServiceContext context,
      ResolverConfig config,
      CatalogSource source,
      Function<PeerSettings, IpfsNode> nodes,
      PullSink pulled,
      Optional<Hub> hub,
      Optional<Upstream> upstream,
      Vertx vertx) {
    SharedSettings shared = context.shared();
    Catalog catalog = context.catalog();
    Clock clock = context.clock();
    Path home = shared.home().resolve("resolver");
    Meter meter = context.telemetry().getMeter("dev.longshore.resolver");
    IpfsNode own = nodes.apply(config.kubo());
    Names names = new Names(config.defaultHost());

    BlobCache cache = cache(config, home, clock);
    ResolverMeter.watch(meter, cache, source::age);
    VerifiedContents contents =
        closed(
            new VerifiedContents(
                own,
                config.files(),
                upstream.map(Upstream::blocks).orElse(null),
                cache,
                config.maxConcurrentPulls(),
                config.noProgress(),
                new ResolverMeter(meter),
                clock));
    Images images =
        closed(new Images(SqliteMembers.open(home.resolve("resolver.db")), contents, clock));
    Listing listing = new Listing(catalog, context.current()::rules);
    this.ahead = closed(new ReadAhead(catalog, listing, images));
    this.forgotten = closed(new ForgottenBlobs(catalog, images, cache));

    PullTraces traces = new PullTraces(catalog);
    this.counted =
        new CountedPulls(
            pulled,
            () -> pulled.always() || Rules.countPulls(context.current().now().ruleSettings()),
            clock);
    PullObserver counting = traces.and(counted);
    PullObserver observer = upstream.map(Upstream::pulls).map(counting::and).orElse(counting);
    this.pulledImagePins =
        config.keep()
            ? Optional.of(
                closed(
                    new PulledImagePins(
                        own, catalog, config.noProgress(), config.kubo().allowPublicIpfs(), clock)))
            : Optional.empty();
    OnDemand onDemand = upstream.map(Upstream::names).orElse(OnDemand.NONE);
    RegistryApi registry =
        new RegistryApi(
            names,
            listing,
            new Resolve(listing, images, onDemand, config.serveForeignRoots()),
            new Referrals(listing, images, onDemand),
            contents,
            pulledImagePins.map(observer::and).orElse(observer),
            source::age);
    Lookup lookup = new Lookup(names, catalog, listing, images, config.access().asksWhoCalls());
    List<Route> routes = new ArrayList<>(RegistryRoute.of(registry));
    routes.add(LookupRoute.of(lookup));
    hub.map(
            its ->
                closed(
                    new HubRoutes(
                        its,
                        catalog,
                        contents,
                        counted::pulledAtSite,
                        config.answerWithin(),
                        context.telemetry().getMeter("dev.longshore.hub"),
                        clock)))
        .ifPresent(its -> routes.addAll(its.routes()));
    this.http =
        new HttpEdge(
            vertx,
            EdgeOptions.of("resolver", config.registryListener())
                .withTimes(config.answerWithin(), config.noProgress()),
            routes,
            context.telemetry(),
            context.audit());
    this.grpc =
        new GrpcEdge(
            "resolver",
            config.grpcListener(),
            Scope.LOOK_UP,
            new LookupService(lookup),
            context.audit());
    this.parts = List.of(new Stores(closing), counted, http, grpc);
  }

  /** Its running parts, in starting order. */
  public List<Part> parts() {
    return parts;
  }

  /** Records that a background part has ended, and why. */
  public Optional<String> trouble() {
    return ahead
        .trouble()
        .or(forgotten::trouble)
        .or(() -> pulledImagePins.flatMap(PulledImagePins::trouble))
        .or(counted::trouble);
  }

  /** The registry's address, with the real port once started. */
  public Listen registryAddress() {
    return http.address();
  }

  /** The address of gRPC, with the real port once started. */
  public Listen grpcAddress() {
    return grpc.address();
  }

  private <T extends AutoCloseable> T closed(T resource) {
    closing.push(resource);
    return resource;
  }

  private static BlobCache cache(ResolverConfig config, Path home, Clock clock) {
    Path folder = config.cacheDir() == null ? home.resolve("cache") : config.cacheDir();
    try {
      return new BlobCache(folder, config.cacheSize().bytes(), clock);
    } catch (IOException e) {
      throw new UncheckedIOException("cache-dir " + folder + " cannot be used", e);
    }
  }
}
