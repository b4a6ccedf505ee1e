package dev.longshore.resolver.site;

import dev.longshore.catalog.Catalog;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.resolver.ResolverConfig;
import dev.longshore.resolver.image.Listed;
import dev.longshore.resolver.image.Listing;
import dev.longshore.resolver.site.neighbor.NeighborListener;
import dev.longshore.resolver.site.neighbor.NeighborSettings;
import dev.longshore.resolver.site.neighbor.NeighborTimes;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.runtime.service.telemetry.LogFormat;
import dev.longshore.runtime.service.telemetry.LogLevel;
import dev.longshore.runtime.service.telemetry.TelemetrySettings;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.settings.value.ByteSize;
import dev.longshore.settings.value.Listen;
import dev.longshore.sites.Report;
import dev.longshore.testing.ManualClock;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A site's service in a folder, over nodes in memory, at a hub behind real HTTP. */
final class SiteBed implements AutoCloseable {
  static final String REPOSITORY = "registry.test/app";

  final Path home;
  final HubTwin hub;
  final InMemoryIpfsNode own = new InMemorySwarm().node("own");

  /** This machine's clock, which may be wrong. */
  ManualClock wall = new ManualClock(HubTwin.AT);

  /** Nanoseconds that a test lets pass, beside those that pass by themselves. */
  final AtomicLong passed = new AtomicLong();

  volatile Disk.Space space = new Disk.Space(90L << 30, 100L << 30);

  /** Measures the disk; what {@link #space} says if null. */
  volatile @Nullable Disk measured;

  volatile @Nullable Duration maxAge;

  /** Bytes a second; nothing is read again if 0. */
  long scrubRate;

  @Nullable Path kuboRepository;
  @Nullable NeighborSettings neighbors;

  /** Those that are asked in turn; the one that it joined if empty. */
  List<URI> hubs = List.of();

  NeighborTimes times = NeighborTimes.USUAL;
  Duration stall = Duration.ofSeconds(8);
  DagFetch.Portions portions = DagFetch.Portions.USUAL;
  LineRate rate = new LineRate();
  OpenTelemetry telemetry = OpenTelemetry.noop();
  private @Nullable Running running;

  private record Running(SiteService service, Catalog catalog, List<Part> others) {}

  SiteBed(Path home, HubTwin hub) {
    this.home = home;
    this.hub = hub;
  }

  /** One that has joined. */
  static SiteBed joined(Path home, HubTwin hub) throws IOException {
    return joined(home, hub, "main");
  }

  static SiteBed joined(Path home, HubTwin hub, String node) throws IOException {
    SiteBed bed = new SiteBed(home, hub);
    var _ = new SiteFolder(home).admit(hub.admission(), node, hub.address().toString(), HubTwin.AT);
    return bed;
  }

  SiteBed start() throws IOException {
    return start(own);
  }

  SiteBed start(IpfsNode node) throws IOException {
    Catalog catalog = Catalog.open(home.resolve("stores/site/catalog.db"), wall);
    SiteService service =
        new SiteService(
            context(catalog),
            new SiteSettings(hubs, maxAge, null, new ByteSize(scrubRate), neighbors),
            resolver(),
            node,
            "test",
            new Surroundings(
                this::space,
                wall,
                () -> System.nanoTime() + passed.get(),
                new Backoff(Duration.ofMillis(20), Duration.ofMillis(200), new Random(1)),
                portions,
                stall,
                times,
                Duration.ofMillis(100),
                rate));
    service.start();
    running = new Running(service, catalog, listening(service));
    return this;
  }

  private List<Part> listening(SiteService service) throws IOException {
    List<Part> parts = new ArrayList<>();
    if (neighbors == null) {
      return parts;
    }
    Vertx vertx = Vertx.vertx();
    Optional<NeighborListener> listener = service.neighborListener(vertx);
    try {
      if (listener.isPresent()) {
        listener.get().start();
        parts.add(listener.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    parts.add(new ClosingVertx(vertx));
    return parts;
  }

  private record ClosingVertx(Vertx vertx) implements Part {
    @Override
    public String name() {
      return "event loops";
    }

    @Override
    public void start() {}

    @Override
    public void stop(Duration drain) {
      var _ = vertx.close();
    }
  }

  private Disk.Space space() throws IOException {
    Disk own = measured;
    return own == null ? space : own.space();
  }

  ServiceContext context(Catalog catalog) {
    SharedSettings shared =
        new SharedSettings(
            home,
            "main",
            "default",
            new KafkaSettings(List.of("127.0.0.1:1"), "", 1, null),
            List.of(),
            List.of(),
            List.of(),
            new TelemetrySettings(null, LogFormat.PLAIN, LogLevel.INFO),
            ListenerSettings.open(new Listen("127.0.0.1", 0)));
    return new ServiceContext(
        shared,
        catalog,
        new Endpoints(Clock.systemUTC(), (_, _) -> {}, new Random(1)),
        telemetry,
        (_, _) -> {},
        wall);
  }

  private ResolverConfig resolver() {
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
    return new ResolverConfig(
        new Listen("127.0.0.1", 0),
        new Listen("127.0.0.1", 0),
        AccessSettings.OPEN,
        kubo,
        kuboRepository,
        null,
        true,
        null,
        new ByteSize(0),
        Duration.ofSeconds(5),
        16,
        false);
  }

  private Running running() {
    if (running == null) {
      throw new IllegalStateException("the site does not run");
    }
    return running;
  }

  SiteService service() {
    return running().service();
  }

  Catalog catalog() {
    return running().catalog();
  }

  void pass(Duration time) {
    passed.addAndGet(time.toNanos());
  }

  /** What the tag shows here. */
  Optional<Digest> shown(String tag) {
    return new Listing(catalog())
        .tag(RepositoryName.canonical(REPOSITORY), new Tag(tag))
        .map(Listed::state)
        .map(state -> state.digest());
  }

  /** Whether an image is found by its digest. */
  boolean finds(MirroredImage image) {
    return new Listing(catalog())
        .whole(RepositoryName.canonical(REPOSITORY), image.digest())
        .isPresent();
  }

  void awaitShown(String tag, MirroredImage image) {
    Eventually.await(
        tag + " shows " + image.digest(), () -> shown(tag).equals(Optional.of(image.digest())));
  }

  void awaitHidden(String tag) {
    Eventually.await(tag + " shows nothing", () -> shown(tag).isEmpty());
  }

  /** The last report for which this holds. */
  Report awaitReport(String what, Predicate<Report> wanted) {
    Eventually.await("a report: " + what, () -> hub.reports.stream().anyMatch(wanted));
    return hub.reports.stream().filter(wanted).toList().getLast();
  }

  boolean pinned(MirroredImage image) {
    return own.pinned().containsKey(image.dag());
  }

  SiteBed stop() throws InterruptedException {
    if (running != null) {
      for (Part part : running.others()) {
        try {
          part.stop(Duration.ZERO);
        } catch (InterruptedException e) {
          throw e;
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      }
      running.service().stop(Duration.ofSeconds(20));
      running.catalog().close();
      running = null;
    }
    return this;
  }

  @Override
  public void close() throws InterruptedException {
    stop();
  }
}
