package dev.longshore.app.clients;

import dev.longshore.app.FreePorts;
import dev.longshore.app.LongshoreProcess;
import dev.longshore.app.cli.HomeCommand;
import dev.longshore.app.parts.Ports;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryClient;
import dev.longshore.oci.registry.RegistryPusher;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.runtime.kafka.follow.CatalogFollower;
import dev.longshore.testing.TestAuthority;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * {@code longshore up} with rules: below {@code subset} one platform is kept, below {@code modes}
 * images are made in every mode, below {@code secret} encrypted alone, below {@code keys} plain and
 * encrypted for recipients of every scheme.
 */
final class DevelopmentCluster implements AutoCloseable {
  private static final Path STALLS = Path.of("target", "clients-stalls");

  /** What the names of its topics begin with. */
  static final String PREFIX = "longshore.";

  /** A registry that no test asks. Its certificate for clients is one whose end is told. */
  private static final String UNUSED = "registry.invalid";

  private static final Duration START = Duration.ofMinutes(3);
  private static final Duration COMMAND = Duration.ofMinutes(2);
  private static final Duration MIRRORED = Duration.ofSeconds(60);

  /** Copies that the rules ask for when they say nothing. */
  private static final int COPIES = 3;

  private final Path home;
  private final Ports ports = FreePorts.find();
  private final ClusterKeys keys;
  private final Path pageToken;
  private final Catalog catalog = Catalog.inMemory(Clock.systemUTC());
  private final LongshoreProcess up;
  private final CatalogFollower follower;

  private DevelopmentCluster(Path folder) throws Exception {
    this.home = home(folder);
    this.keys = ClusterKeys.make(folder.resolve("keys"));
    Files.createDirectories(folder);
    this.pageToken = folder.resolve("page.token");
    Files.writeString(pageToken, "page-" + UUID.randomUUID());
    Path certificate = folder.resolve("tls.crt");
    Path key = folder.resolve("tls.key");
    new TestAuthority("of the test").issue("longshore", certificate, key);
    this.up =
        LongshoreProcess.startToTheEnd(
            home,
            "up",
            "--port-offset",
            Integer.toString(ports.offset()),
            "--set",
            "ops.credentials.token-file=" + pageToken,
            "--set",
            "pinner.repair-interval=3s", // an inventory is every sixth round
            "--set",
            "registries.1.name=unused",
            "--set",
            "registries.1.host=" + UNUSED,
            "--set",
            "registries.1.tls.certificate-file=" + certificate,
            "--set",
            "registries.1.tls.key-file=" + key,
            "--set",
            "rules.0.match=" + registry() + "/subset/**",
            "--set",
            "rules.0.platforms=linux/amd64",
            "--set",
            "rules.1.match=" + registry() + "/modes/**",
            "--set",
            "rules.1.modes=plain,estargz,zstdchunked,encrypted",
            "--set",
            "rules.1.recipients=jwe:" + keys.publicKey(),
            "--set",
            "rules.2.match=" + registry() + "/secret/**",
            "--set",
            "rules.2.modes=encrypted",
            "--set",
            "rules.2.recipients=jwe:" + keys.publicKey(),
            "--set",
            "rules.3.match=" + registry() + "/keys/**",
            "--set",
            "rules.3.modes=plain,encrypted",
            "--set",
            "rules.3.recipients=" + String.join(",", keys.recipients()));
    this.follower = new CatalogFollower(kafka(), PREFIX, catalog, Clock.systemUTC());
  }

  static DevelopmentCluster start(Path folder) throws Exception {
    var cluster = new DevelopmentCluster(folder);
    try {
      cluster.up.awaitOutput("longshore is ready", START);
      cluster.follower.start();
      cluster.follower.awaitEnd(START);
      return cluster;
    } catch (Exception | AssertionError e) {
      cluster.close();
      throw e;
    }
  }

  private static Path home(Path folder) {
    return folder.resolve("home");
  }

  /** Where a run whose state is below the folder keeps its logs. */
  static Path logs(Path folder) {
    return home(folder).resolve("logs");
  }

  /** {@code host:port}. */
  String registry() {
    return "localhost:" + ports.registry();
  }

  /** {@code host:port}. */
  String resolver() {
    return "localhost:" + ports.resolver();
  }

  /** Client settings of its Kafka. */
  Map<String, Object> kafka() {
    return Map.of("bootstrap.servers", "127.0.0.1:" + ports.kafka());
  }

  /**
   * Settings of another resolver, which shares the Kubo of the first.
   *
   * @param at its ports
   * @param tokens its callers
   */
  String resolverSettings(Path home, Ports at, Path tokens) {
    return """
    home: '%s'
    kafka:
      bootstrap-servers: ["127.0.0.1:%d"]
    resolver:
      listen: 127.0.0.1:%d
      grpc-listen: 127.0.0.1:%d
      tokens-file: '%s'
      default-registry: %s
      kubo:
        name: shared
        rpc: http://127.0.0.1:%d
        gateway: http://127.0.0.1:%d
    health:
      listen: 127.0.0.1:%d
    """
        .formatted(
            home,
            ports.kafka(),
            at.resolver(),
            at.resolverGrpc(),
            tokens,
            registry(),
            ports.kuboRpc(0),
            ports.kuboGateway(0),
            at.health());
  }

  /** The token that opens its operations page. */
  String pageToken() throws IOException {
    return Files.readString(pageToken);
  }

  /** Where its operations page answers. */
  URI page() {
    return URI.create("http://127.0.0.1:" + ports.ops());
  }

  /**
   * Settings of another operations page, which knows only the first peer.
   *
   * @param at its ports
   * @param tokens its callers
   */
  String pageSettings(Path home, Ports at, Path tokens) {
    return """
    home: '%s'
    kafka:
      bootstrap-servers: ["127.0.0.1:%d"]
    registries: [{name: local, host: "%s"}]
    peers:
      - {name: peer-1, zone: zone-1, rpc: "http://127.0.0.1:%d", gateway: "http://127.0.0.1:%d"}
    ops: {listen: "127.0.0.1:%d", tokens-file: '%s', trace-url: "http://traces.example/{traceId}"}
    health: {listen: "127.0.0.1:%d"}
    """
        .formatted(
            home,
            ports.kafka(),
            registry(),
            ports.kuboRpc(1),
            ports.kuboGateway(1),
            at.ops(),
            tokens,
            at.health());
  }

  /** The rules' recipient. */
  ClusterKeys keys() {
    return keys;
  }

  /** RPC of every Kubo, the resolver's own first. */
  List<URI> nodes() {
    return IntStream.rangeClosed(0, Ports.PEERS)
        .mapToObj(n -> URI.create("http://127.0.0.1:" + ports.kuboRpc(n)))
        .toList();
  }

  /** What its services tell Prometheus. */
  URI metrics() {
    return URI.create("http://127.0.0.1:" + ports.health() + "/metrics");
  }

  /** Where the pinner answers. */
  URI pinner() {
    return URI.create("http://127.0.0.1:" + ports.pinner());
  }

  /** Folder with the file {@code api} of the resolver's own Kubo. */
  Path kubo() {
    return home.resolve("kubo-0");
  }

  /** Runs another command of the same home. */
  LongshoreProcess.Ended run(String... arguments) throws Exception {
    return HomeCommand.run(home, COMMAND, arguments);
  }

  /** Runs one that must end well. */
  LongshoreProcess.Ended runWell(String... arguments) throws Exception {
    LongshoreProcess.Ended ended = run(arguments);
    if (ended.exitCode() != 0) {
      throw new AssertionError(
          "longshore %s ended with %d: %s"
              .formatted(String.join(" ", arguments), ended.exitCode(), ended.err()));
    }
    return ended;
  }

  RepositoryName name(String repository) {
    return new RepositoryName(new RegistryHost(registry()), repository);
  }

  ImageSource images() {
    return new RegistryClient(Registries.of());
  }

  /** Copies an image to the registry, under the same repository and tag. */
  Descriptor push(ImageSource source, RepositoryName name, String tag) throws RegistryException {
    return pusher().push(source, Reference.tagged(name, tag), name, tag);
  }

  RegistryPusher pusher() {
    return new RegistryPusher(Registries.of(), ClientSettings.defaults());
  }

  /** Waits until what the registry has under the tag is on all peers, and the tag shows it. */
  ImageState awaitTag(String repository, String tag) throws Exception {
    Digest digest = images().resolve(Reference.tagged(name(repository), tag)).digest();
    String key = TagState.key(name(repository), new Tag(tag));
    Optional<TagState> moved =
        catalog.await(
            () -> catalog.tags().byKey(key).filter(state -> state.digest().equals(digest)),
            MIRRORED);
    if (moved.isEmpty()) {
      throw notMirrored(
          repository + ":" + tag + "@" + digest, "tag " + catalog.tags().byKey(key).orElse(null));
    }
    ImageState image = awaitDigest(repository, digest);
    if (catalog
        .await(() -> Optional.of(image).filter(_ -> isShown(key, digest)), MIRRORED)
        .isEmpty()) {
      throw notMirrored(
          repository + ":" + tag, "the tag shows " + catalog.served().byKey(key).orElse(null));
    }
    return image;
  }

  private boolean isShown(String key, Digest source) {
    return catalog.served().byKey(key).stream()
        .flatMap(served -> served.results().stream())
        .anyMatch(result -> result.source().equals(source));
  }

  /** Waits until the manifest, tagged or not, is known in the repository and on all peers. */
  ImageState awaitDigest(String repository, Digest digest) throws Exception {
    Optional<ImageState> image = catalog.await(() -> mirrored(repository, digest), MIRRORED);
    if (image.isEmpty()) {
      throw notMirrored(repository + "@" + digest, found(digest));
    }
    return image.get();
  }

  /** Waits until the image is on all peers in this mode, and its names show it. */
  ImageState awaitMode(Digest source, String mode) throws Exception {
    Optional<ImageState> image =
        catalog.await(
            () ->
                catalog.conversions().ofDigest(source).stream()
                    .filter(state -> state.mode().text().equals(mode))
                    .filter(this::isOnAllPeers)
                    .filter(this::isShown)
                    .findFirst(),
            MIRRORED);
    if (image.isEmpty()) {
      throw notMirrored(source + " in mode " + mode, found(source));
    }
    return image.get();
  }

  private boolean isShown(ImageState image) {
    return catalog.tags().withDigest(image.digest()).stream()
        .filter(name -> name.digest().equals(image.digest()))
        .allMatch(
            name ->
                catalog.served().byKey(name.key()).stream()
                    .flatMap(served -> served.results().stream())
                    .anyMatch(result -> result.imageDag().equals(image.imageDag())));
  }

  private boolean isOnAllPeers(ImageState image) {
    return catalog.pins().of(image.imageDag()).map(PinState::verified).orElse(0) == COPIES;
  }

  private Optional<ImageState> mirrored(String repository, Digest digest) {
    return catalog.conversions().forRepository(name(repository), digest).stream()
        .filter(image -> catalog.repositories().holds(name(repository), digest))
        .filter(this::isOnAllPeers)
        .findFirst();
  }

  private String found(Digest digest) {
    List<ImageState> images = catalog.conversions().ofDigest(digest);
    return "images %s, pins %s"
        .formatted(
            images, images.stream().map(image -> catalog.pins().of(image.imageDag())).toList());
  }

  private AssertionError notMirrored(String what, String found)
      throws IOException, InterruptedException {
    Path threads = Files.createTempFile(Files.createDirectories(STALLS), "threads-", ".txt");
    up.dumpThreads(threads);
    return new AssertionError(
        "%s was not on 3 peers within %s: %s; troubles: %s; threads: %s, logs: target/clients-logs"
            .formatted(what, MIRRORED, found, catalog.failures().newest(10), threads));
  }

  @Override
  public void close() throws Exception {
    follower.close();
    catalog.close();
    up.terminate();
    // One that does not end would stay, with all its programs, for the tests after this one.
    try (up) {
      up.await(Duration.ofSeconds(60));
    }
  }
}
