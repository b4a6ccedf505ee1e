package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.RemovalReason;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.car.CarWriter;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.model.Cid;
import dev.longshore.programs.FreePorts;
import dev.longshore.resolver.site.neighbor.NeighborSettings;
import dev.longshore.resolver.site.neighbor.NeighborTimes;
import dev.longshore.resolver.site.neighbor.NeighborTwin;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.settings.value.Listen;
import dev.longshore.sites.Change;
import dev.longshore.sites.Keep;
import dev.longshore.sites.Leaves;
import dev.longshore.sites.Presence.State;
import dev.longshore.sites.SiteJson;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes of one site, each with a Kubo of its own, at one hub. */
class NeighborsTest {
  private static final int LAYER = 3_000_000;
  private static final String SECRET = "A".repeat(43);
  private static final String OTHER = "B".repeat(42) + "A";

  @TempDir private Path folder;
  private HubTwin hub;
  private MirroredImage image;
  private final List<SiteBed> nodes = new ArrayList<>();
  private final List<RunningResolver> resolvers = new ArrayList<>();
  private final List<String> addresses = new ArrayList<>();
  private final List<AutoCloseable> others = new ArrayList<>();

  @BeforeEach
  void open() throws Exception {
    hub = new HubTwin();
    hub.neighborSecrets = List.of(SECRET);
    image =
        MirroredImage.write(
            RandomImage.of(1, RandomImageOptions.small().withLayers(1, LAYER)), hub.centre);
  }

  @AfterEach
  void end() throws Exception {
    for (RunningResolver resolver : resolvers) {
      resolver.close();
    }
    for (SiteBed node : nodes) {
      node.close();
    }
    for (AutoCloseable other : others) {
      other.close();
    }
    hub.close();
  }

  private int leaves() throws Exception {
    return hub.order(image.dag()).leaves().size();
  }

  /** Adds a node, which is not started. */
  private SiteBed node(String name) throws Exception {
    SiteBed node = SiteBed.joined(folder.resolve(name), hub, name);
    // Longer than a machine under load takes.
    node.times =
        new NeighborTimes(Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(30));
    node.stall = Duration.ofSeconds(30);
    node.portions = new DagFetch.Portions(1, 1);
    String address = "127.0.0.1:" + FreePorts.find();
    addresses.add(address);
    node.neighbors = new NeighborSettings(Listen.parse(address), List.of(address));
    nodes.add(node);
    return node;
  }

  /** Starts them all; each knows all, itself too. */
  private void start() throws Exception {
    for (SiteBed node : nodes) {
      node.neighbors = new NeighborSettings(node.neighbors.listen(), addresses);
      node.start();
    }
    for (SiteBed node : nodes) {
      Eventually.await("it follows", () -> follows(node));
    }
  }

  private boolean follows(SiteBed node) {
    hub.poke();
    return node.service().source().problem().isEmpty();
  }

  private void push(Keep keep) {
    hub.push(SiteBed.REPOSITORY, "1.0", image, keep, 0, null);
  }

  private void awaitHere(SiteBed node) {
    Eventually.await("it is here", () -> node.pinned(image));
  }

  private RunningResolver resolver(SiteBed node) throws Exception {
    RunningResolver resolver =
        RunningResolver.ofSite(node.home, node.catalog(), node.own, node.service().upstream(), 0);
    resolvers.add(resolver);
    return resolver;
  }

  private void pull(RunningResolver resolver) throws Exception {
    String path = "/v2/" + SiteBed.REPOSITORY;
    assertThat(resolver.get(path + "/manifests/1.0").body()).isEqualTo(image.image().root().body());
    for (Map.Entry<String, byte[]> each : image.image().blobs().entrySet()) {
      assertThat(resolver.get(path + "/blobs/" + each.getKey()).body()).isEqualTo(each.getValue());
    }
  }

  private void pullEverywhere() throws Exception {
    List<RunningResolver> all = new ArrayList<>();
    for (SiteBed node : nodes) {
      all.add(resolver(node));
    }
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> pulls = new ArrayList<>();
      for (RunningResolver each : all) {
        pulls.add(
            clients.submit(
                () -> {
                  pull(each);
                  return null;
                }));
      }
      for (Future<?> pull : pulls) {
        pull.get();
      }
    }
  }

  private NeighborTwin twin(String name) throws Exception {
    NeighborTwin twin = new NeighborTwin(folder.resolve(name), name, List.of(SECRET));
    twin.nodes = car(hub.order(image.dag()).nodes());
    twin.leaves = car(hub.order(image.dag()).leaves().stream().map(leaf -> leaf.cid()).toList());
    addresses.add(twin.address());
    others.add(twin);
    return twin;
  }

  private byte[] car(List<Cid> blocks) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CarWriter car = new CarWriter(out, List.of());
    for (Cid cid : blocks) {
      byte[] bytes =
          hub.centre.block(cid, Reach.LOCAL, Deadline.after(Duration.ofSeconds(10))).bytes();
      car.put(cid, bytes, 0, bytes.length);
    }
    return out.toByteArray();
  }

  @Test
  void whatFourNodesKeepComesOverTheLineOnce() throws Exception {
    for (String name : List.of("a", "b", "c", "d")) {
      node(name);
    }
    start();

    push(Keep.EVERY_NODE);

    nodes.forEach(this::awaitHere);
    assertOverTheLineOnce();
  }

  /** A request that gives way to a neighbor's may be made again; it is of one leaf here. */
  private void assertOverTheLineOnce() throws Exception {
    assertThat(hub.sentLeaves.get()).isBetween(leaves(), leaves() + 2);
  }

  @Test
  void whatFourNodesPullAtOnceComesOverTheLineOnce() throws Exception {
    for (String name : List.of("a", "b", "c", "d")) {
      node(name);
    }
    push(Keep.ON_DEMAND);
    start();

    pullEverywhere();

    nodes.forEach(this::awaitHere);
    assertThat(hub.sentLeaves.get()).isEqualTo(leaves());
  }

  @Test
  void whatANodeHoldsIsTakenFromItWithoutTheHub() throws Exception {
    SiteBed first = node("a");
    SiteBed second = node("b");
    push(Keep.ON_DEMAND);
    start();
    pull(resolver(first));
    awaitHere(first);
    int before = hub.sentLeaves.get();

    pull(resolver(second));

    awaitHere(second);
    assertThat(hub.sentLeaves.get()).isEqualTo(before);
  }

  @Test
  void aNodeWithoutNeighborsThatAnswerGoesToTheHubItself() throws Exception {
    SiteBed alone = node("a");
    alone.times =
        new NeighborTimes(Duration.ofMillis(300), Duration.ofSeconds(30), Duration.ofSeconds(30));
    addresses.add("127.0.0.1:" + FreePorts.find());
    ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    others.add(silent);
    addresses.add("127.0.0.1:" + silent.getLocalPort());
    start();

    push(Keep.EVERY_NODE);

    awaitHere(alone);
    assertThat(hub.sentLeaves.get()).isEqualTo(leaves());
  }

  @Test
  void aNeighborWithoutThisSitesSecretsGivesAndGetsNothing() throws Exception {
    SiteBed one = node("a");
    hub.neighborSecrets = List.of(OTHER);
    SiteBed stranger = node("b");
    start();

    push(Keep.EVERY_NODE);

    awaitHere(one);
    awaitHere(stranger);
    assertThat(hub.sentLeaves.get()).isEqualTo(2 * leaves());
  }

  @Test
  void nodesKnowEachOtherWhileTheHubsKeyChanges() throws Exception {
    hub.neighborSecrets = List.of(SECRET, OTHER);
    SiteBed before = node("a");
    hub.neighborSecrets = List.of(OTHER, SECRET);
    SiteBed after = node("b");
    start();

    push(Keep.EVERY_NODE);

    awaitHere(before);
    awaitHere(after);
    assertOverTheLineOnce();
  }

  @Test
  void aNodeThatJoinedBeforeThereWereSecretsGetsThemAtItsStart() throws Exception {
    hub.neighborSecrets = List.of();
    SiteBed one = node("a");
    SiteBed other = node("b");
    hub.neighborSecrets = List.of(SECRET);
    push(Keep.ON_DEMAND);
    start();
    Eventually.await(
        "both have keys",
        () -> nodes.stream().allMatch(n -> new SiteFolder(n.home).neighborTls().isPresent()));
    pull(resolver(one));
    awaitHere(one);
    int before = hub.sentLeaves.get();

    Eventually.await("it answers", () -> answers(other));
    pull(resolver(other));
    assertThat(hub.sentLeaves.get()).isEqualTo(before);
  }

  private boolean answers(SiteBed node) {
    try (var socket = new Socket(node.neighbors.listen().host(), node.neighbors.listen().port())) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aLiarCostsItsOwnBlocksAlone() throws Exception {
    SiteBed node = node("a");
    NeighborTwin liar = twin("b");
    liar.leaves[liar.leaves.length - 5]++;
    push(Keep.ON_DEMAND);
    start();
    pull(resolver(node));

    awaitHere(node);
    assertThat(liar.requests).anyMatch(request -> request.endsWith("/leaves"));
    assertThat(hub.sentLeaves.get()).as("what came before is right").isBetween(1, leaves() - 1);
  }

  @Test
  void otherBlocksThanThoseAskedForAreNotTaken() throws Exception {
    SiteBed node = node("a");
    NeighborTwin liar = twin("b");
    liar.leaves = liar.nodes;
    start();

    push(Keep.EVERY_NODE);

    awaitHere(node);
    assertThat(hub.sentLeaves.get()).isEqualTo(leaves());
  }

  @Test
  void whatASlowNeighborDoesNotSendComesFromTheHub() throws Exception {
    SiteBed node = node("a");
    node.stall = Duration.ofMillis(500);
    NeighborTwin slow = twin("b");
    slow.hangsAfter = slow.leaves.length / 2;
    push(Keep.ON_DEMAND);
    start();
    pull(resolver(node));

    awaitHere(node);
    assertThat(hub.sentLeaves.get()).isBetween(1, leaves() - 1);
  }

  @Test
  void whereTheOneInChargeHasItNotTheNextFetches() throws Exception {
    SiteBed node = node("a");
    for (String name : List.of("b", "c", "d", "e", "f", "g")) {
      NeighborTwin twin = twin(name);
      twin.state = State.ABSENT;
      twin.status = name.equals("c") ? 409 : 503;
    }
    start();

    push(Keep.EVERY_NODE);

    awaitHere(node);
    assertThat(hub.sentLeaves.get()).isEqualTo(leaves());
    assertThat(others).anyMatch(twin -> isAskedForBlocks((NeighborTwin) twin));
  }

  private static boolean isAskedForBlocks(NeighborTwin twin) {
    return twin.requests.stream().anyMatch(request -> request.endsWith("/nodes"));
  }

  @Test
  void whatIsForgottenOrOfAnotherSiteIsNotGiven() throws Exception {
    SiteBed node = node("a");
    start();
    Change change = hub.push(SiteBed.REPOSITORY, "1.0", image);
    awaitHere(node);
    assertThat(status(node, "shop", image.dag())).isEqualTo(200);
    assertThat(status(node, "other", image.dag())).isEqualTo(404);
    assertThat(status(node, "shop", hub.image(2).dag())).as("of no rule").isEqualTo(404);

    hub.remove(change, RemovalReason.FORGOTTEN);
    node.awaitHidden("1.0");

    assertThat(status(node, "shop", image.dag())).isEqualTo(404);
  }

  /** It breaks off before, so that whoever asks loses nothing of what came. */
  @Test
  void aRottenBlockIsNotGiven() throws Exception {
    SiteBed rotten = node("a");
    start();
    push(Keep.EVERY_NODE);
    awaitHere(rotten);
    rotten.own.corrupt(hub.order(image.dag()).leaves().getLast().cid());
    assertThat(whole(rotten, leaves() - 2)).isTrue();
    assertThat(whole(rotten, leaves() - 1)).as("the giver hashes it").isFalse();

    SiteBed other = node("b");
    other.neighbors = new NeighborSettings(other.neighbors.listen(), addresses);
    other.start();

    awaitHere(other);
    assertThat(hub.sentLeaves.get()).isBetween(leaves() + 1, leaves() + leaves() / 2);
  }

  @Test
  void whoShowsNoCertificateOfTheSiteGetsNoConnection() throws Exception {
    SiteBed node = node("a");
    start();
    push(Keep.EVERY_NODE);
    awaitHere(node);

    assertThatThrownBy(
            () -> status(NeighborTwin.anonymous(folder.resolve("x"), List.of(SECRET)), node))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> status(NeighborTwin.tls(folder.resolve("y"), List.of(OTHER)), node))
        .isInstanceOf(IOException.class);
    assertThat(status(NeighborTwin.tls(folder.resolve("z"), List.of(SECRET)), node)).isEqualTo(200);
  }

  private int status(SSLContext tls, SiteBed node) throws Exception {
    return status(tls, node, "shop", image.dag());
  }

  private int status(SiteBed node, String site, Cid dag) throws Exception {
    return status(NeighborTwin.tls(folder.resolve("caller"), List.of(SECRET)), node, site, dag);
  }

  /** Whether a leaf is given to its end. */
  private boolean whole(SiteBed node, int leaf) throws Exception {
    SSLContext tls = NeighborTwin.tls(folder.resolve("caller"), List.of(SECRET));
    try (HttpClient client = HttpClient.newBuilder().sslContext(tls).build()) {
      URI address =
          URI.create(
              "https://%s/v1/sites/shop/dags/%s/leaves"
                  .formatted(node.neighbors.listen(), image.dag()));
      byte[] asked = SiteJson.write(new Leaves(List.of(new Leaves.Range(leaf, leaf))));
      HttpRequest request =
          HttpRequest.newBuilder(address)
              .POST(HttpRequest.BodyPublishers.ofByteArray(asked))
              .build();
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private static int status(SSLContext tls, SiteBed node, String site, Cid dag) throws Exception {
    try (HttpClient client = HttpClient.newBuilder().sslContext(tls).build()) {
      URI address =
          URI.create(
              "https://%s/v1/sites/%s/dags/%s/nodes".formatted(node.neighbors.listen(), site, dag));
      return client
          .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }
}
