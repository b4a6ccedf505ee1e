package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.Topic;
import dev.longshore.converter.ConverterService;
import dev.longshore.events.Hint;
import dev.longshore.events.Origin;
import dev.longshore.events.PinState;
import dev.longshore.ipfs.kubo.IpfsNode;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Digest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.RepositoryName;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.pinner.PinnerService;
import dev.longshore.resolver.content.BlobCache;
import dev.longshore.resolver.content.ContentMeter;
import dev.longshore.resolver.content.Contents;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.image.Found;
import dev.longshore.resolver.image.Images;
import dev.longshore.resolver.image.Listing;
import dev.longshore.resolver.image.Resolve;
import dev.longshore.resolver.image.SqliteMembers;
import dev.longshore.resolver.name.Names;
import dev.longshore.resolver.name.Selector;
import dev.longshore.runtime.config.ConfigLoader;
import dev.longshore.runtime.config.ConfigSources;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.endpoint.Endpoints;
import dev.longshore.runtime.endpoint.TimerAlarms;
import dev.longshore.runtime.kafka.ServiceId;
import dev.longshore.runtime.step.Step;
import dev.longshore.runtime.testing.MemoryBus;
import dev.longshore.testing.RandomImage;
import dev.longshore.watcher.WatcherService;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One push through the steps of all four services: registry, Kafka and peers are in memory, the
 * rest is what runs in production.
 */
class OnePushTest {
  private static final RepositoryName APP = RepositoryName.canonical("localhost:5055/team/app");
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String SETTINGS =
      """
      home: .
      registries:
        - {name: local, host: "localhost:5055"}
      peers:
        - {name: a, site: north, rpc: "http://127.0.0.1:5102", gateway: "http://127.0.0.1:8182"}
        - {name: b, site: south, rpc: "http://127.0.0.1:5103", gateway: "http://127.0.0.1:8183"}
        - {name: c, site: west, rpc: "http://127.0.0.1:5104", gateway: "http://127.0.0.1:8184"}
      watcher:
        webhooks: {listen: "127.0.0.1:0", credentials: {token-file: %s}}
      """;

  @TempDir Path folder;

  private final Clock clock = Clock.systemUTC();
  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final InMemorySwarm swarm = new InMemorySwarm();
  private final Map<String, InMemoryIpfsNode> nodes = new ConcurrentHashMap<>();
  private final MemoryBus kafka = new MemoryBus(clock);
  private final Catalog catalog = Catalog.inMemory(clock);
  private final TimerAlarms alarms = new TimerAlarms();
  private final Endpoints endpoints = new Endpoints(clock, alarms, new Random(1));
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void end() {
    vertx.close().await();
    alarms.close();
    catalog.close();
  }

  @Test
  void anImageThatIsPushedIsOnThreePeersAndIsServedFromThem() throws Exception {
    startServices(settings());

    Descriptor pushed = registry.push(APP, "1.0", RandomImage.of(1));
    kafka.send(notification(pushed));

    PinState pin =
        catalog.await(() -> copies(pushed).filter(p -> p.verified() == 3), SOON).orElseThrow();
    assertThat(pin.copies())
        .extracting(PinState.Copy::peer)
        .containsExactlyInAnyOrder("a", "b", "c");
    assertThat(Set.of("a", "b", "c"))
        .allSatisfy(peer -> assertThat(nodes.get(peer).pinned()).hasSize(1));
    pullAndCompare(pushed);
  }

  /** Watcher, converter and pinner, each a step on its topic, as {@link Longshore} wires them. */
  private void startServices(Settings settings) {
    WatcherService watcher =
        new WatcherService(
            settings.shared(),
            settings.watcher(),
            catalog,
            registry,
            kafka::send,
            endpoints,
            vertx,
            OpenTelemetry.noop(),
            clock);
    PeerSettings ingest =
        ConverterService.ingestPeer(settings.shared().peers(), settings.converter());
    ConverterService converter =
        new ConverterService(
            settings.converter(),
            settings.shared().rules(),
            ingest,
            node(ingest),
            catalog,
            registry,
            OpenTelemetry.noop(),
            clock);
    PinnerService pinner =
        new PinnerService(
            settings.shared(),
            settings.pinner(),
            catalog,
            this::node,
            endpoints,
            OpenTelemetry.noop(),
            clock);
    start("watcher", "observe", Topic.HINTS, watcher.step());
    start("converter", "convert", Topic.OBSERVED, converter.step());
    start("pinner", "pin", Topic.CONVERTED, pinner.step());
  }

  private void start(String service, String stage, Topic topic, Step step) {
    kafka
        .service(new ServiceId(service, stage, "main"), Set.of(topic), endpoints, catalog, step)
        .start();
  }

  /** The resolver's step finds every part of the image; its bytes come from the peers. */
  private void pullAndCompare(Descriptor pushed) throws Exception {
    BlobCache cache = new BlobCache(folder.resolve("cache"), 1 << 20, clock);
    try (Contents contents =
            new Contents(swarm.node("edge"), cache, 4, SOON, new Uncounted(), clock);
        Images images =
            new Images(SqliteMembers.open(folder.resolve("resolver.db")), contents, clock)) {
      Resolve resolve = new Resolve(new Listing(catalog), images, true);
      Names names = new Names(Optional.empty());
      Found top =
          resolve.find(
              names.place("localhost_5055/team/app", Optional.empty()), new Selector.ByTag("1.0"));
      byte[] manifest = contents.bytes(top.content(), Manifest.MANIFEST_LIMIT);
      assertThat(manifest).isEqualTo(registry.manifest(APP, pushed.digest()));
      for (Descriptor part : Manifest.parse(manifest, pushed.mediaType()).children()) {
        Found found =
            resolve.find(
                names.place("localhost_5055/team/app", Optional.empty()),
                new Selector.ByDigest(part.digest()));
        byte[] bytes = contents.whole(found.content()).readAllBytes();
        assertThat(Digest.of(bytes)).isEqualTo(part.digest());
      }
    }
  }

  private Optional<PinState> copies(Descriptor pushed) {
    return catalog.imagesOf(pushed.digest().toString()).stream()
        .findFirst()
        .flatMap(image -> catalog.pin(image.imageDag()));
  }

  private IpfsNode node(PeerSettings peer) {
    return nodes.computeIfAbsent(peer.name(), swarm::node);
  }

  private Settings settings() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "of the registry");
    Path file = Files.writeString(folder.resolve("longshore.yaml"), SETTINGS.formatted(token));
    return new ConfigLoader<>(Settings.class)
        .load(new ConfigSources(file, Map.of(), List.of()))
        .settings();
  }

  /** What the registry's webhook sends, as the watcher stores it. */
  private Hint notification(Descriptor pushed) {
    String body =
        """
        {"events": [{"action": "push", "target": {"mediaType": "%s", "digest": "%s",
          "repository": "team/app", "tag": "1.0"}}]}
        """
            .formatted(pushed.mediaType(), pushed.digest());
    return new Hint(
        Origin.WEBHOOK,
        "local",
        "team/app",
        "application/vnd.docker.distribution.events.v2+json",
        Base64.getEncoder().encodeToString(body.getBytes(StandardCharsets.UTF_8)),
        false,
        clock.instant());
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
    public void failed(UnavailableException.Reason reason) {}
  }
}
