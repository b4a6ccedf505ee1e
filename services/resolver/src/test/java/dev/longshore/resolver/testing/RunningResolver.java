package dev.longshore.resolver.testing;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Audited;
import dev.longshore.events.PullState;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.resolver.ResolverConfig;
import dev.longshore.resolver.ResolverService;
import dev.longshore.resolver.Upstream;
import dev.longshore.resolver.hub.AnswerSigner;
import dev.longshore.resolver.hub.Hub;
import dev.longshore.resolver.hub.SiteLags;
import dev.longshore.resolver.hub.access.AccessRoutes;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.config.CurrentSettings;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.edge.access.CredentialSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.edge.http.EventLoops;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.lifecycle.Lifecycle;
import dev.longshore.runtime.service.telemetry.LogFormat;
import dev.longshore.runtime.service.telemetry.LogLevel;
import dev.longshore.runtime.service.telemetry.Telemetry;
import dev.longshore.runtime.service.telemetry.TelemetrySettings;
import dev.longshore.settings.value.ByteSize;
import dev.longshore.settings.value.Listen;
import io.opentelemetry.api.metrics.Meter;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The whole resolver on free ports of loopback, over a node and a catalog of the test's. */
public final class RunningResolver implements AutoCloseable {
  public static final Duration NO_PROGRESS = Duration.ofSeconds(5);

  private static final Clock SYSTEM = Clock.systemUTC();

  public final QuietSource source = new QuietSource();
  public final List<Audited> audited = new CopyOnWriteArrayList<>();

  /** What was counted, once it is closed. */
  public final List<PullState> pulled = new CopyOnWriteArrayList<>();

  /** The peers and rules that count. */
  public final CurrentSettings current;

  public final EndedSpans spans = new EndedSpans();
  public final ResolverService service;
  private final Telemetry telemetry;
  private final Vertx vertx = EventLoops.vertx();
  private final Lifecycle lifecycle;
  private final HttpClient client = HttpClient.newHttpClient();

  public RunningResolver(
      Path home,
      Catalog catalog,
      IpfsNode own,
      @Nullable CredentialSettings credentials,
      boolean keep)
      throws Exception {
    this(home, catalog, own, credentials, keep, List.of());
  }

  public RunningResolver(
      Path home,
      Catalog catalog,
      IpfsNode own,
      @Nullable CredentialSettings credentials,
      boolean keep,
      List<RuleSettings> rules)
      throws Exception {
    this(home, catalog, own, AccessSettings.of(credentials), keep, rules);
  }

  /**
   * One whose callers a file of tokens has, and nobody else.
   *
   * @param tokens what the file says
   */
  public static RunningResolver withTokens(
      Path folder, Edge edge, String tokens, List<RuleSettings> rules) throws Exception {
    AccessSettings access = TokensOfTests.only(folder, tokens);
    return new RunningResolver(
        folder.resolve("home"), edge.catalog, edge.own, access, false, rules);
  }

  /** One that keeps no blobs. */
  public static RunningResolver uncached(Path home, Edge edge, Duration noProgress)
      throws Exception {
    return new RunningResolver(
        home,
        edge.catalog,
        edge.own,
        AccessSettings.OPEN,
        false,
        List.of(),
        0,
        noProgress,
        _ -> Optional.empty(),
        null,
        SYSTEM,
        Optional.empty());
  }

  public RunningResolver(
      Path home,
      Catalog catalog,
      IpfsNode own,
      AccessSettings access,
      boolean keep,
      List<RuleSettings> rules)
      throws Exception {
    this(
        home,
        catalog,
        own,
        access,
        keep,
        rules,
        1L << 30,
        NO_PROGRESS,
        _ -> Optional.empty(),
        null,
        SYSTEM,
        Optional.empty());
  }

  /**
   * A hub whose callers a file of tokens has.
   *
   * @param repository of the node, if its files can be read
   */
  public static RunningResolver hub(
      Path folder,
      Edge edge,
      String tokens,
      List<RuleSettings> rules,
      Hub hub,
      @Nullable Path repository)
      throws Exception {
    return new RunningResolver(
        folder.resolve("home"),
        edge.catalog,
        edge.own,
        TokensOfTests.only(folder, tokens),
        false,
        rules,
        1L << 30,
        NO_PROGRESS.multipliedBy(4),
        _ -> Optional.of(hub),
        repository,
        edge.clock,
        Optional.empty());
  }

  /** A hub that lets sites in. */
  public static RunningResolver hub(
      Path home, Edge edge, AccessSettings access, Function<Meter, AccessRoutes> entry)
      throws Exception {
    KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    AnswerSigner signer = new AnswerSigner("none", keys.getPrivate());
    return new RunningResolver(
        home,
        edge.catalog,
        edge.own,
        access,
        false,
        List.of(),
        0,
        NO_PROGRESS,
        meter -> Optional.of(hub(edge, entry.apply(meter), signer)),
        null,
        SYSTEM,
        Optional.empty());
  }

  private static Hub hub(Edge edge, AccessRoutes entry, AnswerSigner signer) {
    return new Hub(
        "main",
        List::of,
        _ -> Optional.empty(),
        entry.admission(),
        signer,
        _ -> {},
        entry.routes(),
        () -> new Rules(List.of()),
        new SiteLags(edge.catalog, List::of, edge.clock),
        _ -> {});
  }

  /** One of a site, which has what it lacks brought; it keeps no blobs of its own. */
  public static RunningResolver ofSite(
      Path home, Catalog catalog, IpfsNode own, Upstream upstream, long cacheSize)
      throws Exception {
    return ofSite(home, catalog, own, upstream, cacheSize, null);
  }

  /**
   * The same.
   *
   * @param repository of the node, if its files can be read
   */
  public static RunningResolver ofSite(
      Path home,
      Catalog catalog,
      IpfsNode own,
      Upstream upstream,
      long cacheSize,
      @Nullable Path repository)
      throws Exception {
    return new RunningResolver(
        home,
        catalog,
        own,
        AccessSettings.OPEN,
        false,
        List.of(),
        cacheSize,
        NO_PROGRESS,
        _ -> Optional.empty(),
        repository,
        SYSTEM,
        Optional.of(upstream));
  }

  private RunningResolver(
      Path home,
      Catalog catalog,
      IpfsNode own,
      AccessSettings access,
      boolean keep,
      List<RuleSettings> rules,
      long cacheSize,
      Duration noProgress,
      Function<Meter, Optional<Hub>> hub,
      @Nullable Path repository,
      Clock clock,
      Optional<Upstream> upstream)
      throws Exception {
    TelemetrySettings quiet = new TelemetrySettings(null, LogFormat.PLAIN, LogLevel.INFO);
    telemetry = Telemetry.start("longshore-resolver", "test", "main", quiet, List.of(spans));
    PeerSettings kubo =
        new PeerSettings(
            "own",
            "edge",
            URI.create("http://127.0.0.1:1"),
            URI.create("http://127.0.0.1:1"),
            List.of(),
            null,
            false,
            false);
    SharedSettings shared =
        new SharedSettings(
            home,
            "main",
            "default",
            new KafkaSettings(List.of("127.0.0.1:1"), "", 1, null),
            List.of(),
            List.of(),
            rules,
            quiet,
            ListenerSettings.open(new Listen("127.0.0.1", 0)));
    ResolverConfig config =
        new ResolverConfig(
            new Listen("127.0.0.1", 0),
            new Listen("127.0.0.1", 0),
            access,
            kubo,
            repository,
            "registry.test",
            true,
            null,
            new ByteSize(cacheSize),
            noProgress,
            16,
            keep);
    current = CurrentSettings.of(shared);
    service =
        new ResolverService(
            new ServiceContext(
                shared,
                current,
                catalog,
                new Endpoints(Clock.systemUTC(), (_, _) -> {}, new Random(1)),
                telemetry.openTelemetry(),
                (entry, _) -> audited.add(entry),
                clock),
            config,
            source,
            peer -> own,
            pulled::add,
            hub.apply(telemetry.openTelemetry().getMeter("test")),
            upstream,
            vertx);
    lifecycle = new Lifecycle(service.parts(), Duration.ofSeconds(5));
    lifecycle.start();
  }

  /** {@code host:port} of the registry. */
  public String registry() {
    return service.registryAddress().toString();
  }

  /** A request to the registry's listener. */
  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + registry() + path))
        .timeout(Duration.ofSeconds(30));
  }

  public HttpResponse<byte[]> send(HttpRequest request) throws Exception {
    return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
  }

  /** GET with headers, given as name and value in turn. */
  public HttpResponse<byte[]> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = request(path);
    return send((headers.length == 0 ? request : request.headers(headers)).GET().build());
  }

  public HttpResponse<byte[]> head(String path) throws Exception {
    return send(request(path).HEAD().build());
  }

  /** The metrics page now. */
  public String metrics() {
    return telemetry.metrics().render();
  }

  @Override
  public void close() throws Exception {
    lifecycle.stop();
    vertx.close().await();
    telemetry.close();
    client.close();
  }
}
