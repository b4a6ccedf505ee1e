package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.app.LongshoreProcess.Ended;
import dev.longshore.app.cli.HomeCommand;
import dev.longshore.app.parts.DevelopmentHome;
import dev.longshore.app.parts.Ports;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryPusher;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.oci.testing.Referrers;
import dev.longshore.programs.Kubo;
import dev.longshore.programs.Tools;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A development run that is a hub, and a site whose Kubo, which it runs itself, is of another
 * swarm: what the site holds came over its one line.
 */
@Timeout(360)
class SiteIT {
  private static final Duration START = Duration.ofMinutes(3);
  private static final Duration COMMAND = Duration.ofMinutes(2);

  /** Promised of a hub that runs and reaches Kafka. */
  private static final Duration REFUSED_WITHIN = Duration.ofSeconds(10);

  private static final long MOST_RESIDENT = 400_000_000;

  /** About four megabytes, and one layer of a fifth of a megabyte more. */
  private static final RandomImage FIRST = image(20);

  private static final RandomImage SECOND = image(21);

  /** Another layer more, for whoever asks. */
  private static final RandomImage THIRD = image(22);

  /** A layer less than the first one, pushed unheard. */
  private static final RandomImage UNHEARD = image(19);

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Ports hub = FreePorts.find();
  private final RepositoryName name =
      new RepositoryName(new RegistryHost("localhost:" + hub.registry()), "team/app");
  private final TraceCollector traces = collector();
  private Ports site;
  private final MirrorPulls pulls = new MirrorPulls(client, name, () -> site.resolver());

  /** Of these a site has the parts for one platform. */
  private final MirrorPulls boxes =
      new MirrorPulls(client, new RepositoryName(name.host(), "boxes/tool"), () -> site.resolver());

  private static TraceCollector collector() {
    try {
      return new TraceCollector();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterEach
  void end() {
    traces.close();
  }

  private static RandomImage image(int layers) {
    return RandomImage.of(77, RandomImageOptions.small().withLayers(layers, 200_000));
  }

  @Test
  void aSiteHoldsWhatItsHubNamesTakesOnlyWhatIsNewAndServesItWithoutTheHub() throws Exception {
    try (LongshoreProcess up = up()) {
      site = FreePorts.find();
      addGroup();
      push(FIRST, "1.0");
      join();
      LongshoreProcess service = service();
      try {
        awaitPulled(FIRST, "1.0");
        long first = lineBytes(1);
        assertThat(first).isGreaterThan(FIRST.blobBytes() / 2);

        push(SECOND, "1.1");
        awaitPulled(SECOND, "1.1");
        long second = lineBytes(2) - first;
        assertThat(second)
            .as("over the line for one layer more, after %d for %d", first, FIRST.blobBytes())
            .isBetween(1L, SECOND.blobBytes() / 8);
        assertThat(hubCommand("list").out())
            .containsPattern("(?m)^shop \\(shops\\) joined .* has 2 images, .* is behind with 0,");
        assertThat(ipfs("swarm", "peers")).isEmpty();
        assertThat(Files.readString(siteHome().resolve("kubo/swarm.key")))
            .isNotEqualTo(Files.readString(home().resolve("swarm.key")));
        views().lagIsTold();
        views().tracesLeadToThePush(traces);
        RandomImage signature = sign(SECOND);
        pulls.awaitReferrer(SECOND, signature);

        push(THIRD, "asked-1");
        awaitPulled(THIRD, "asked-1");
        Eventually.await(
            "the hub hears that it was asked for",
            () -> node().at("/onDemand/images").asInt() == 1);
        assertThat(node().at("/present/images").asInt()).isEqualTo(3);
        aPullInVainHasTheCentreLook();
        push(PlatformAtSite.IMAGE, boxes.name(), PlatformAtSite.TAG);
        var _ =
            Eventually.answer(
                Eventually.LIMIT, this::blocks, held -> held.containsAll(PlatformAtSite.wanted()));
        loseKubo(service);

        revoke(service);
        awaitPulled(SECOND, "1.1");
        assertThat(service.children()).as("its Kubo").hasSize(1);
        assertThat(service.residentBytes()).as("with its Kubo").isLessThan(MOST_RESIDENT);

        up.terminate();
        up.await(COMMAND);
        service.kill();
        service.await(COMMAND);
        service = service();
        awaitPulled(FIRST, "1.0");
        awaitPulled(SECOND, "1.1");
        awaitPulled(THIRD, "asked-1");
        assertThat(pulls.mirrored("manifests/1.0").headers().firstValue("Longshore-Knowledge-Age"))
            .as("seconds since the hub said so, which is gone")
            .get()
            .asString()
            .matches("[1-9][0-9]*");
        pulls.awaitReferrer(SECOND, signature);
        oneOfTwoPlatforms();
        keepsNothingTwice();
      } finally {
        service.close();
      }
    }
  }

  private LongshoreProcess up() throws Exception {
    LongshoreProcess up =
        LongshoreProcess.start(
            home(),
            "up",
            "--port-offset",
            String.valueOf(hub.offset()),
            "--set",
            "sites.url=" + url(),
            "--set",
            "sites.signing-key-file=" + signingKey(),
            "--set",
            "registries.0.poll.interval=1h");
    up.awaitOutput("longshore is ready", START);
    return up;
  }

  private HubViews views() {
    return new HubViews(client, name, home(), hub);
  }

  private Path home() {
    return folder.resolve("hub");
  }

  private String url() {
    return "http://127.0.0.1:" + hub.resolver();
  }

  private Path signingKey() {
    return folder.resolve("signing.pem");
  }

  /** The hub started without: groups count without a restart. */
  private void addGroup() throws IOException {
    Files.writeString(
        new DevelopmentHome(home()).config(),
        """
        sites:
          url: %s
          signing-key-file: '%s'
          groups:
            - name: shops
              rules:
                - repositories: ["**/team/**"]
                  tags: {allow: ["asked-*"]}
                  keep: on-demand
                - repositories: ["**/team/**"]
                - repositories: ["**/boxes/**"]
                  platforms: [%s]
        """
            .formatted(url(), signingKey(), PlatformAtSite.WANTED),
        StandardOpenOption.APPEND);
  }

  private Ended hubCommand(String... arguments) throws Exception {
    Ended ended =
        HomeCommand.run(
            home(),
            COMMAND,
            Stream.concat(Stream.of("site"), Stream.of(arguments)).toArray(String[]::new));
    assertThat(ended.exitCode()).as(ended.err()).isZero();
    return ended;
  }

  private void push(RandomImage image, String tag) throws Exception {
    push(image, name, tag);
  }

  private void push(RandomImage image, RepositoryName to, String tag) throws Exception {
    InMemoryRegistry source = new InMemoryRegistry();
    source.push(to, tag, image);
    Reference reference = Reference.tagged(to, tag);
    new RegistryPusher(Registries.of(), ClientSettings.defaults()).push(source, reference, to, tag);
    Ended push = HomeCommand.run(home(), COMMAND, "push", reference.toString());
    assertThat(push.exitCode()).as(push.err()).isZero();
  }

  /** Attaches a signature by its subject alone, as clients of OCI 1.1 do: it has no tag. */
  private RandomImage sign(RandomImage image) throws Exception {
    RandomImage signature = Referrers.signatureOf(image, "signed");
    Reference digest = Reference.digested(name, Digest.parse(signature.rootDigest()));
    RegistryPusher pusher = new RegistryPusher(Registries.of(), ClientSettings.defaults());
    for (byte[] blob : signature.blobs().values()) {
      pusher.pushBlob(name, blob);
    }
    pusher.pushManifest(digest, signature.root().mediaType(), signature.root().body());
    Ended push = HomeCommand.run(home(), COMMAND, "push", digest.toString());
    assertThat(push.exitCode()).as(push.err()).isZero();
    return signature;
  }

  /** From the pull by way of hub and watcher to the next pull: no poll and no push tells of it. */
  private void aPullInVainHasTheCentreLook() throws Exception {
    Reference missed = Reference.tagged(name, "missed");
    UnheardPush.push(new DevelopmentHome(home()), folder.resolve("quiet"), UNHEARD, missed);

    assertThat(pulls.mirrored("manifests/missed").statusCode()).isEqualTo(404);

    awaitPulled(UNHEARD, "missed");
    Ended history = HomeCommand.run(home(), COMMAND, "history", missed.toString(), "--json");
    assertThat(new ObjectMapper().readTree(history.out()).at("/versions/0/origin").asText())
        .as(history.out())
        .isEqualTo("site");
    assertThat(views().metrics(hub))
        .containsPattern("longshore_hub_missed_total\\{.*\"hinted\".*} [1-9]");
    assertThat(views().metrics(site))
        .as("of the node itself")
        .containsPattern("(?m)^longshore_site_node_line_bytes_total [1-9]")
        .containsPattern("(?m)^longshore_site_node_fetch_duration_seconds_count.*came.* [1-9]");
  }

  private Path siteHome() {
    return folder.resolve("shop");
  }

  private Path siteConfig() {
    return folder.resolve("shop.yaml");
  }

  /** Types what the hub printed, where no Kubo runs. */
  private void join() throws Exception {
    String printed = hubCommand("add", "shop", "--group", "shops").lastLine();
    assertThat(printed).startsWith("longshore site join ");
    List<String> line = List.of(printed.split(" "));
    Ended joined =
        LongshoreProcess.run(
            siteHome(),
            COMMAND,
            Stream.concat(
                    line.stream().skip(1),
                    Stream.of(
                        "--kubo-program",
                        Tools.ofProject().path("ipfs").toString(),
                        "--config",
                        siteConfig().toString()))
                .toArray(String[]::new));
    assertThat(joined.exitCode()).as(joined.err()).isZero();
  }

  /** Without its hub, and after a restart. */
  private void oneOfTwoPlatforms() throws Exception {
    PlatformAtSite image = new PlatformAtSite(boxes.name(), boxes);
    image.isHeld(blocks());
    image.isPulledByContainerd(folder.resolve("c"), site.resolver());
  }

  /** All was pulled, and the settings ask for a cache: the blocks are in Kubo alone. */
  private void keepsNothingTwice() throws IOException {
    try (Stream<Path> files = Files.walk(siteHome().resolve("resolver/cache"))) {
      assertThat(files.filter(Files::isRegularFile)).isEmpty();
    }
  }

  private Set<Cid> blocks() throws Exception {
    return ipfs("refs", "local").lines().map(Cid::parse).collect(Collectors.toUnmodifiableSet());
  }

  private String ipfs(String... arguments) throws Exception {
    Path repository = siteHome().resolve("kubo");
    return new Kubo(Tools.ofProject().path("ipfs"), repository).ipfs().run(arguments).strip();
  }

  /** The service starts it again, and it has what it had. */
  private static void loseKubo(LongshoreProcess service) throws Exception {
    assertThat(service.children()).hasSize(1);
    ProcessHandle kubo = service.children().getFirst();
    kubo.destroyForcibly();
    kubo.onExit().get(20, TimeUnit.SECONDS);
    service.awaitErrors("ended by itself with exit code 137", START);
    service.awaitErrors("kubo runs again", START);
    assertThat(service.children()).hasSize(1).doesNotContain(kubo);
  }

  private LongshoreProcess service() throws Exception {
    LongshoreProcess service =
        LongshoreProcess.start(
            siteHome(),
            "service",
            "site",
            "--config",
            siteConfig().toString(),
            "--set",
            "resolver.listen=127.0.0.1:" + site.resolver(),
            "--set",
            "resolver.cache-size=1GiB",
            "--set",
            "resolver.grpc-listen=127.0.0.1:" + site.resolverGrpc(),
            "--set",
            "health.listen=127.0.0.1:" + site.health(),
            "--set",
            "telemetry.otlp-endpoint=" + traces.address());
    service.awaitOutput("site is ready", START);
    return service;
  }

  private void awaitPulled(RandomImage image, String tag) {
    pulls.awaitPulled(image, tag);
  }

  /** Bytes over the line, as the hub has heard from a site that holds so many images. */
  private long lineBytes(int images) {
    JsonNode[] heard = new JsonNode[1];
    Eventually.await(
        "the hub hears of " + images + " images",
        () -> {
          heard[0] = node();
          return heard[0].at("/present/images").asInt() == images
              && heard[0].at("/behind/images").asInt() == 0;
        });
    return heard[0].get("lineBytes").asLong();
  }

  private JsonNode node() {
    try {
      JsonNode listed = new ObjectMapper().readTree(hubCommand("list", "--json").out());
      return listed.at("/sites/0/nodes/0");
    } catch (Exception e) {
      throw new AssertionError("listing the sites", e);
    }
  }

  private void revoke(LongshoreProcess service) throws Exception {
    assertThat(service.err()).doesNotContain("HTTP 40");
    hubCommand("revoke", "shop");
    // The request that waits ends with 403, a later one with 401.
    service.awaitErrors("HTTP 40", REFUSED_WITHIN);
  }
}
