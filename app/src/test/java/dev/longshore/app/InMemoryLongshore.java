package dev.longshore.app;

import dev.longshore.app.settings.FollowedSettings;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.PinnedDag;
import dev.longshore.converter.ConverterService;
import dev.longshore.events.Hint;
import dev.longshore.events.ImageState;
import dev.longshore.events.Origin;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.model.ImageDag;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.pinner.NameWatch;
import dev.longshore.pinner.PinnerService;
import dev.longshore.resolver.content.BlobCache;
import dev.longshore.resolver.content.ContentMeter;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.content.VerifiedContents;
import dev.longshore.resolver.image.Images;
import dev.longshore.resolver.image.Listing;
import dev.longshore.resolver.image.OnDemand;
import dev.longshore.resolver.image.Referrals;
import dev.longshore.resolver.image.Resolve;
import dev.longshore.resolver.image.ResolvedContent;
import dev.longshore.resolver.image.member.SqliteMembers;
import dev.longshore.resolver.name.Names;
import dev.longshore.resolver.name.Selector;
import dev.longshore.resolver.registry.PullObserver;
import dev.longshore.resolver.registry.RegistryApi;
import dev.longshore.resolver.registry.RegistryRoute;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.edge.http.EdgeOptions;
import dev.longshore.runtime.edge.http.HttpEdge;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.endpoint.TimerAlarms;
import dev.longshore.runtime.testing.MemoryBus;
import dev.longshore.runtime.testing.MemoryService;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import dev.longshore.settings.value.Listen;
import dev.longshore.testing.RandomImage;
import dev.longshore.watcher.CatalogBarrier;
import dev.longshore.watcher.WatcherService;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/**
 * The steps of all four services, wired as {@link Longshore} wires them, over a registry, a Kafka
 * and peers in memory. The rest is what runs in production.
 */
public final class InMemoryLongshore implements AutoCloseable {
  public static final RepositoryName APP = RepositoryName.canonical("localhost:5055/team/app");
  static final Duration SOON = Duration.ofSeconds(20);
  private static final String SERVED = "localhost_5055/team/app";

  final InMemoryRegistry registry = new InMemoryRegistry();
  final Map<String, InMemoryIpfsNode> nodes = new ConcurrentHashMap<>();
  final Catalog catalog;
  private final Clock clock = Clock.systemUTC();
  private final InMemorySwarm swarm = new InMemorySwarm();
  private final MemoryBus kafka = new MemoryBus(clock);
  private final TimerAlarms alarms = new TimerAlarms();
  private final Endpoints endpoints = new Endpoints(clock, alarms, new Random(1));
  private final Vertx vertx = Vertx.vertx();
  private final ImageSource source;
  private final VerifiedContents contents;
  private final Images images;
  private final Listing listing;
  private final Resolve resolve;
  private final NameWatch names;
  private final FollowedSettings followed;

  /**
   * Starts the services.
   *
   * @param folder for what they keep on disk
   */
  InMemoryLongshore(Path folder) throws Exception {
    this(folder, "");
  }

  /**
   * Starts the services.
   *
   * @param folder for what they keep on disk
   * @param rules settings of images, as YAML; empty for the default
   */
  InMemoryLongshore(Path folder, String rules) throws Exception {
    this(settings(folder, APP.host(), rules), folder, Optional.empty());
  }

  /**
   * Starts the services over another registry than {@link #registry}.
   *
   * @param folder for what they keep on disk
   */
  InMemoryLongshore(Path folder, RegistryHost host, ImageSource other) throws Exception {
    this(settings(folder, host, ""), folder, Optional.of(other));
  }

  private InMemoryLongshore(Settings settings, Path folder, Optional<ImageSource> other)
      throws Exception {
    source = other.orElse(registry);
    catalog = Catalog.inMemory(clock);
    contents =
        new VerifiedContents(
            swarm.node("edge"),
            new BlobCache(folder.resolve("cache"), 1 << 20, clock),
            4,
            SOON,
            new Uncounted(),
            clock);
    images = new Images(SqliteMembers.open(folder.resolve("resolver.db")), contents, clock);
    followed = FollowedSettings.of(settings, sources(folder), _ -> {});
    followed.start();
    listing = new Listing(catalog, followed.current()::rules);
    resolve = new Resolve(listing, images, OnDemand.NONE, true);
    names = startServices(settings);
  }

  /** Pushes to the registry, which tells the watcher of it. */
  Descriptor push(String tag, RandomImage image) {
    Descriptor pushed = registry.push(APP, tag, image);
    tell(tag, pushed);
    return pushed;
  }

  /** Has the registry tell the watcher of a push. */
  void tell(String tag, Descriptor pushed) {
    tell(APP, tag, pushed);
  }

  /** Has the registry tell the watcher of a push to this repository. */
  void tell(RepositoryName name, String tag, Descriptor pushed) {
    kafka.send(notification(name, tag, pushed));
  }

  /** The copies of an image when there are so many: a record for all, and one for each. */
  PinState awaitCopies(Descriptor pushed, int count) throws InterruptedException {
    return catalog
        .await(
            () ->
                copies(pushed)
                    .filter(pin -> pin.verified() == count && pin.copies().size() >= count),
            SOON)
        .orElseThrow();
  }

  /** The copies of an image when there are so many, and a name shows it. */
  PinState awaitServed(Descriptor pushed, int count) throws InterruptedException {
    PinState pin = awaitCopies(pushed, count);
    return catalog
        .await(() -> Optional.of(pin).filter(image -> isServed(pushed, image.imageDag())), SOON)
        .orElseThrow();
  }

  private boolean isServed(Descriptor pushed, ImageDag dag) {
    return catalog.tags().withDigest(pushed.digest()).stream().anyMatch(name -> shows(name, dag));
  }

  private boolean isServedUnderAllNames(Descriptor pushed, ImageDag dag) {
    return isServed(pushed, dag)
        && catalog.tags().withDigest(pushed.digest()).stream().allMatch(name -> shows(name, dag));
  }

  private boolean shows(TagState name, ImageDag dag) {
    return catalog.served().byKey(name.key()).stream()
        .flatMap(served -> served.results().stream())
        .anyMatch(result -> result.imageDag().equals(dag));
  }

  /** The image in this mode when it has three copies, and a name shows it. */
  ImageState awaitMode(Descriptor pushed, String mode) throws InterruptedException {
    return catalog.await(() -> inMode(pushed, mode), SOON).orElseThrow();
  }

  private Optional<ImageState> inMode(Descriptor pushed, String mode) {
    return catalog.conversions().ofDigest(pushed.digest()).stream()
        .filter(image -> image.mode().text().equals(mode))
        .filter(image -> catalog.pins().of(image.imageDag()).map(PinState::verified).orElse(0) == 3)
        .filter(image -> isServedUnderAllNames(pushed, image.imageDag()))
        .findFirst();
  }

  /** What the resolver answers. */
  byte[] pull(Selector wanted) throws Exception {
    ResolvedContent found =
        resolve.find(
            new Names(Optional.empty()).place(SERVED, Optional.empty()), wanted, "a caller");
    try (InputStream bytes = contents.whole(found.content(), "test")) {
      return bytes.readAllBytes();
    }
  }

  /** Listens as the resolver does. */
  HttpEdge serve() throws Exception {
    var api =
        new RegistryApi(
            new Names(Optional.empty()),
            listing,
            resolve,
            new Referrals(listing, images),
            contents,
            new Untraced(),
            Optional::empty);
    var listener = ListenerSettings.open(new Listen("127.0.0.1", 0));
    var edge =
        new HttpEdge(
            vertx,
            EdgeOptions.of("resolver", listener),
            RegistryRoute.of(api),
            OpenTelemetry.noop());
    edge.start();
    return edge;
  }

  /** Watcher, converter and pinner, each a step on its topic, as {@link Longshore} wires them. */
  private NameWatch startServices(Settings settings) {
    ServiceContext context =
        new ServiceContext(
            settings.shared(),
            followed.current(),
            catalog,
            endpoints,
            OpenTelemetry.noop(),
            AuditSink.NONE,
            clock);
    WatcherService watcher =
        new WatcherService(
            context,
            settings.watcher(),
            List.of(),
            CatalogBarrier.AT_HAND,
            source,
            kafka::send,
            _ -> {},
            vertx);
    ConverterService converter =
        new ConverterService(
            context,
            settings.converter(),
            this::node,
            source,
            Executors::newVirtualThreadPerTaskExecutor);
    PinnerService pinner =
        new PinnerService(
            context,
            settings.pinner(),
            this::node,
            Executors::newVirtualThreadPerTaskExecutor,
            new Random(1));
    start("watcher", "observe", Topic.HINTS, watcher.step());
    start("converter", "convert", Topic.OBSERVED, converter.step());
    MemoryService pinnerHost = host("pinner", "pin", Topic.CONVERTED, pinner.step());
    NameWatch watch = pinner.names(pinnerHost);
    watch.start();
    pinnerHost.start();
    return watch;
  }

  private void start(String service, String stage, Topic topic, Step step) {
    host(service, stage, topic, step).start();
  }

  private MemoryService host(String service, String stage, Topic topic, Step step) {
    return kafka.service(
        new ServiceId(service, stage, "main"), Set.of(topic), endpoints, catalog, step);
  }

  private Optional<PinState> copies(Descriptor pushed) {
    return catalog.conversions().ofDigest(pushed.digest()).stream()
        .findFirst()
        .flatMap(image -> catalog.copies().pinned(image.imageDag()))
        .map(PinnedDag::inOne);
  }

  IpfsNode node(PeerSettings peer) {
    return nodes.computeIfAbsent(peer.name(), swarm::node);
  }

  /** Three peers a, b and c; a is the ingest peer. */
  static Settings settings(Path folder) throws Exception {
    return settings(folder, APP.host(), "");
  }

  private static Settings settings(Path folder, RegistryHost host, String rules) throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "of the registry");
    String settings =
        """
        home: %s
        registries:
          - {name: local, host: "%s"}
        peers:
          - {name: a, zone: north, rpc: "http://127.0.0.1:5102", gateway: "http://127.0.0.1:8182"}
          - {name: b, zone: south, rpc: "http://127.0.0.1:5103", gateway: "http://127.0.0.1:8183"}
          - {name: c, zone: west, rpc: "http://127.0.0.1:5104", gateway: "http://127.0.0.1:8184"}
        watcher:
          webhooks: {listen: "127.0.0.1:0", credentials: {token-file: %s}}
        """
                .formatted(folder, host, token)
            + rules;
    Files.writeString(folder.resolve("longshore.yaml"), settings);
    return new ConfigLoader<>(Settings.class).load(sources(folder)).settings();
  }

  private static ConfigSources sources(Path folder) {
    return new ConfigSources(folder.resolve("longshore.yaml"), Map.of(), List.of());
  }

  /** In what the settings are older than their file. */
  FollowedSettings.Staleness staleness() {
    return followed.staleness();
  }

  /** What the registry's webhook sends, as the watcher stores it. */
  private Hint notification(RepositoryName name, String tag, Descriptor pushed) {
    String body =
        """
        {"events": [{"action": "push", "target": {"mediaType": "%s", "digest": "%s",
          "repository": "%s", "tag": "%s"}}]}
        """
            .formatted(pushed.mediaType(), pushed.digest(), name.repository(), tag);
    return new Hint(
        Origin.WEBHOOK,
        "local",
        name.repository(),
        "application/vnd.docker.distribution.events.v2+json",
        Base64.getEncoder().encodeToString(body.getBytes(StandardCharsets.UTF_8)),
        false,
        clock.instant());
  }

  @Override
  public void close() {
    followed.stop(SOON);
    try {
      names.stop(SOON);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    images.close();
    contents.close();
    vertx.close().await();
    alarms.close();
    catalog.close();
  }

  /** Nobody follows pulls here. */
  private record Untraced() implements PullObserver {
    @Override
    public void manifest(String reference, ResolvedContent found) {}

    @Override
    public void blob(ResolvedContent found) {}
  }

  /** Nobody looks at the metrics here. */
  private record Uncounted() implements ContentMeter {
    @Override
    public void hit() {}

    @Override
    public void joined() {}

    @Override
    public void fetched(long bytes) {}

    @Override
    public void checked(long bytes) {}

    @Override
    public void failed(UnavailableException.Reason reason) {}
  }
}
