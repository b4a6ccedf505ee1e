package dev.longshore.resolver.hub;

import static dev.longshore.resolver.testing.TokensOfTests.hash;

import dev.longshore.catalog.testing.InMemoryCatalogSource;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.Origin;
import dev.longshore.events.RemovalReason;
import dev.longshore.events.ServedState;
import dev.longshore.events.SiteState;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import dev.longshore.model.Recipe;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import dev.longshore.model.SiteName;
import dev.longshore.model.Tag;
import dev.longshore.resolver.hub.settings.SiteGroupSettings;
import dev.longshore.resolver.hub.settings.SiteLineSettings;
import dev.longshore.resolver.hub.settings.SiteRuleSettings;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.resolver.testing.States;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.Rules;
import dev.longshore.rules.TagSettings;
import dev.longshore.runtime.kafka.record.NotSentException;
import dev.longshore.sites.Keep;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A hub over topics in memory, with sites whose groups a test chooses. */
final class RunningHub implements AutoCloseable {
  static final String APP = "registry.test/shop/app";
  static final String CI = "registry.test/shop/ci";
  static final String SECRET = "registry.test/shop/secret";
  static final String OTHER = "registry.test/office/mail";

  static final String NODE = "node-1";

  /** Sites {@code site-0} and so on, of group shops: as many as a listener has places. */
  static final int SITES = 256;

  /** The trace of each push, which sites get. */
  private static final String PUSH = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  static final Instant JOINED = States.AT.minus(Duration.ofDays(3));

  final Edge edge;
  final RecordLog log = new RecordLog(States.AT);
  final InMemoryCatalogSource source;
  final RunningResolver resolver;
  final KeyPair keys;

  /** The group of each site; of what is not here, no credential is known. */
  final Map<String, String> groups = new ConcurrentHashMap<>(Map.of("north", "shops"));

  /** The settings of the groups that count now. */
  volatile List<SiteGroupSettings> settings;

  /** What people ask of all sites. */
  volatile boolean paused;

  volatile @Nullable Instant syncAt;

  /** A site is let in so many times more. */
  final AtomicInteger looks = new AtomicInteger(Integer.MAX_VALUE);

  /** What is done with a report. */
  volatile ReportSink sink;

  final List<SiteState> reports = new CopyOnWriteArrayList<>();

  /** Missed names of sites that were passed on. */
  final List<Reference> missed = new CopyOnWriteArrayList<>();

  RunningHub(Path folder, SiteGroupSettings... settings) throws Exception {
    this(folder, null, List.of(), settings);
  }

  RunningHub(
      Path folder,
      @Nullable Path repository,
      List<RuleSettings> rules,
      SiteGroupSettings... settings)
      throws Exception {
    this.settings = List.of(settings);
    this.edge = Edge.empty(folder.resolve("edge"));
    this.source = new InMemoryCatalogSource(log, edge.catalog, edge.clock);
    this.keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    this.sink = reports::add;
    String tokens =
        """
        tokens:
        - {name: north, sha256: %s, scopes: [metrics]}
        - {name: south, sha256: %s, scopes: [metrics]}
        - {name: puller, sha256: %s, scopes: [pull], repositories: ["**"]}
        """
            .formatted(hash("north-token"), hash("south-token"), hash("puller-token"));
    for (int i = 0; i < SITES; i++) {
      tokens +=
          "- {name: site-%d, sha256: %s, scopes: [metrics]}\n"
              .formatted(i, hash("site-" + i + "-token"));
      groups.put("site-" + i, "shops");
    }
    Hub hub =
        new Hub(
            "hub-1",
            () -> this.settings,
            caller ->
                Optional.ofNullable(groups.get(caller.name()))
                    .filter(_ -> looks.getAndDecrement() > 0)
                    .map(
                        group ->
                            new SiteCaller(
                                new SiteName(caller.name()), group, NODE, JOINED, paused, syncAt)),
            null,
            new AnswerSigner("0123456789abcdef", keys.getPrivate()),
            this::keep,
            List.of(),
            () -> new Rules(rules),
            new SiteLags(edge.catalog, () -> this.settings, edge.clock),
            missed::add);
    this.resolver = RunningResolver.hub(folder, edge, tokens, rules, hub, repository);
    edge.catalog.writer().topicIds(Map.of(Topic.SERVED, "topic-1"));
    source.start();
  }

  private void keep(SiteState report) throws NotSentException, InterruptedException {
    sink.keep(report);
  }

  /** Appends records, which the hub reads at once. */
  void put(State... states) {
    for (State state : states) {
      log.put(state);
    }
    source.follow();
  }

  static SiteGroupSettings group(String name, SiteRuleSettings... rules) {
    return new SiteGroupSettings(
        name,
        List.of(rules),
        new SiteLineSettings(null, List.of(), "UTC", false, 80),
        Duration.ofMinutes(30),
        false);
  }

  static SiteRuleSettings rule(String repository) {
    return rule(repository, TagSettings.ALL, null);
  }

  static SiteRuleSettings rule(
      String repository, TagSettings tags, @Nullable Integer newest, Mode... modes) {
    return new SiteRuleSettings(
        List.of(repository), tags, newest, List.of(modes), Keep.EVERY_NODE, 0, null);
  }

  /** Of a repository, all tags but those of developers. */
  static SiteRuleSettings withoutDev(String repositories) {
    return rule(repositories, new TagSettings(List.of(), List.of("dev-*"), null), null);
  }

  /** An image that lies nowhere. */
  static ImageState image(String repository, long number, String mode) {
    byte[] id = ("image " + number + mode).getBytes(StandardCharsets.UTF_8);
    Cid cid = Cid.dagPb(HexFormat.of().parseHex(Digest.of(id).hex()));
    return new ImageState(
            Digest.of(("source " + number).getBytes(StandardCharsets.UTF_8)),
            new Recipe(mode),
            new ModeName(mode),
            "application/vnd.oci.image.index.v1+json",
            new ImageDag(cid),
            new RootCid(cid),
            cid,
            List.of("linux/amd64"),
            3,
            1_000 + number,
            List.of(),
            new PeerName("ingest"),
            RepositoryName.canonical(repository),
            States.AT)
        .shownBy(Evidence.READ)
        .naming(List.of(Digest.of(id)))
        .inPlaceOf(otherThan(repository, mode));
  }

  private static ImageState otherThan(String repository, String mode) {
    Cid cid = Cid.dagPb(new byte[32]);
    return new ImageState(
        Digest.of(new byte[1]),
        new Recipe(mode),
        new ModeName(mode),
        "application/vnd.oci.image.index.v1+json",
        new ImageDag(cid),
        new RootCid(cid),
        cid,
        List.of(),
        1,
        1,
        List.of(),
        new PeerName("ingest"),
        RepositoryName.canonical(repository),
        States.AT);
  }

  /** An image that lies in a node, read from the repository. */
  static ImageState image(String repository, MirroredImage mirrored) {
    return new ImageState(
            mirrored.digest(),
            new Recipe("plain"),
            new ModeName("plain"),
            mirrored.image().root().mediaType(),
            new ImageDag(mirrored.dag()),
            new RootCid(mirrored.root()),
            mirrored.manifest(),
            List.of("linux/amd64"),
            mirrored.blobs().size(),
            mirrored.image().blobBytes(),
            List.of(),
            new PeerName("ingest"),
            RepositoryName.canonical(repository),
            States.AT)
        .shownBy(Evidence.READ);
  }

  /** A name that shows these images, the first one by itself. */
  static ServedState served(String repository, String tag, Instant pushedAt, ImageState... images) {
    List<ServedState.Result> results = new ArrayList<>();
    for (ImageState image : images) {
      results.add(
          new ServedState.Result(
              image.mode(),
              image.digest(),
              image.servedDigest(),
              image.imageDag(),
              image.root(),
              image.bytes(),
              pushedAt,
              pushedAt,
              PUSH,
              pushedAt));
    }
    return new ServedState(
        RepositoryName.canonical(repository),
        new Tag(tag),
        images[0].digest(),
        null,
        results,
        images[0].imageDag(),
        null,
        pushedAt);
  }

  /** A digest that shows its image without a tag, such as that of a signature. */
  static ServedState untagged(ImageState image, Instant pushedAt) {
    return new ServedState(
        image.name(),
        null,
        image.digest(),
        image.subject(),
        served(image.name().toString(), "none", pushedAt, image).results(),
        image.imageDag(),
        null,
        pushedAt);
  }

  /** A tag that points to the image, and left the others. */
  static TagState tag(String repository, String tag, ImageState now, List<TagState.Version> left) {
    return new TagState(
        RepositoryName.canonical(repository),
        new Tag(tag),
        now.digest(),
        now.mediaType(),
        1,
        left.stream().map(TagState.Version::digest).toList(),
        false,
        Origin.WEBHOOK,
        States.AT,
        States.AT,
        left,
        States.AT);
  }

  /** A name shows a plain image of its own from now on. */
  ServedState show(String repository, String tag, long number) {
    ImageState image = image(repository, number, "plain");
    ServedState served = served(repository, tag, edge.clock.instant(), image);
    put(image, served);
    return served;
  }

  /** The name shows nothing any more. */
  void remove(ServedState served) {
    put(
        new ServedState(
            served.name(),
            served.tag(),
            served.digest(),
            null,
            List.of(),
            null,
            RemovalReason.DELETED,
            edge.clock.instant()));
  }

  HttpRequest.Builder request(String site, String path) {
    return resolver
        .request(path)
        .header("Authorization", "Bearer " + site + "-token")
        .timeout(Duration.ofSeconds(90));
  }

  HttpResponse<byte[]> post(String site, String path, byte[] body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        request(site, path).POST(HttpRequest.BodyPublishers.ofByteArray(body));
    return resolver.send((headers.length == 0 ? request : request.headers(headers)).build());
  }

  HttpResponse<byte[]> get(String site, String path) throws Exception {
    return resolver.send(request(site, path).GET().build());
  }

  @Override
  public void close() throws Exception {
    resolver.close();
    source.close();
    edge.close();
  }
}
