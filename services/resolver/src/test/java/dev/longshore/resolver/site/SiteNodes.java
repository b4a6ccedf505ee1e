package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.car.CarWriter;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.reader.LeafOrder.Leaf;
import dev.longshore.model.Cid;
import dev.longshore.programs.FreePorts;
import dev.longshore.resolver.site.neighbor.NeighborSettings;
import dev.longshore.resolver.site.neighbor.NeighborTimes;
import dev.longshore.resolver.site.neighbor.NeighborTwin;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.settings.value.Listen;
import dev.longshore.sites.Group;
import dev.longshore.sites.Keep;
import dev.longshore.sites.Report;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLContext;

/** Nodes of one site, each with a Kubo of its own, at one hub with one image. */
final class SiteNodes implements AutoCloseable {
  static final String SECRET = "A".repeat(43);
  static final String OTHER = "B".repeat(42) + "A";

  /** Longer than a machine under load takes. */
  private static final Duration LONG = Duration.ofSeconds(30);

  /** Nothing is fetched that nobody asks for. */
  static final Group PAUSED = new Group("shops", null, List.of(), "UTC", true);

  static final NeighborTimes PATIENT = new NeighborTimes(LONG, LONG, LONG, LONG, LONG);
  private static final int LAYER = 3_000_000;

  final HubTwin hub = new HubTwin();
  final MirroredImage image;
  final List<SiteBed> nodes = new ArrayList<>();
  final List<String> addresses = new ArrayList<>();
  final List<NeighborTwin> twins = new ArrayList<>();
  private final List<RunningResolver> resolvers = new ArrayList<>();
  private final Path folder;

  SiteNodes(Path folder) throws Exception {
    this.folder = folder;
    hub.neighborSecrets = List.of(SECRET);
    image =
        MirroredImage.write(
            RandomImage.of(1, RandomImageOptions.small().withLayers(1, LAYER)), hub.centre);
  }

  int leaves() throws Exception {
    return hub.order(image.dag()).leaves().size();
  }

  /** Adds a node, which is not started. */
  SiteBed node(String name) throws Exception {
    SiteBed node = SiteBed.joined(folder.resolve(name), hub, name);
    node.times = PATIENT;
    node.stall = LONG;
    node.portions = new DagFetch.Portions(1, 1);
    String address = "127.0.0.1:" + FreePorts.find();
    addresses.add(address);
    node.neighbors = new NeighborSettings(Listen.parse(address), List.of(address));
    nodes.add(node);
    return node;
  }

  /** Adds somebody who has the image, and gives what is asked for. */
  NeighborTwin honest(String name) throws Exception {
    NeighborTwin twin = twin(name);
    List<byte[]> each = new ArrayList<>();
    for (Leaf leaf : hub.order(image.dag()).leaves()) {
      each.add(car(List.of(leaf.cid())));
    }
    twin.each = each;
    twin.leaves = new byte[0];
    return twin;
  }

  /** Adds somebody who answers as a test wants it, and has the image. */
  NeighborTwin twin(String name) throws Exception {
    NeighborTwin twin = new NeighborTwin(folder.resolve(name), name, List.of(SECRET));
    twin.nodes = car(hub.order(image.dag()).nodes());
    twin.leaves = car(hub.order(image.dag()).leaves().stream().map(Leaf::cid).toList());
    addresses.add(twin.address());
    twins.add(twin);
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

  /** Tells each where all are, itself too. */
  void share() {
    for (SiteBed node : nodes) {
      node.neighbors = new NeighborSettings(node.neighbors.listen(), addresses);
    }
  }

  /** Starts them all; each knows all, itself too. */
  void start() throws Exception {
    share();
    for (SiteBed node : nodes) {
      node.start();
    }
    for (SiteBed node : nodes) {
      Eventually.await("it follows", () -> follows(node));
    }
  }

  /** The same, and each has greeted all others. */
  void startAcquainted() throws Exception {
    start();
    awaitAcquainted();
  }

  void awaitAcquainted() {
    for (SiteBed node : nodes) {
      Eventually.await(
          "it knows its neighbors",
          () -> node.service().neighborsAnswering() == nodes.size() + twins.size() - 1);
    }
  }

  private boolean follows(SiteBed node) {
    hub.poke();
    return node.service().source().problem().isEmpty();
  }

  /** What a node answers to a neighbor that asks for the image. */
  int status(SiteBed node) throws Exception {
    SSLContext tls = NeighborTwin.tls(folder.resolve("caller"), List.of(SECRET));
    URI nodesOfIt =
        URI.create(
            "https://%s/v1/sites/%s/dags/%s/nodes"
                .formatted(node.neighbors.listen(), HubTwin.SITE, image.dag()));
    try (HttpClient client = HttpClient.newBuilder().sslContext(tls).build()) {
      return client
          .send(HttpRequest.newBuilder(nodesOfIt).build(), HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }

  void push(Keep keep) {
    hub.push(SiteBed.REPOSITORY, "1.0", image, keep, 0, null);
  }

  void awaitHere(SiteBed node) {
    Eventually.await("it is here", () -> node.pinned(image));
  }

  RunningResolver resolver(SiteBed node) throws Exception {
    RunningResolver resolver =
        RunningResolver.ofSite(node.home, node.catalog(), node.own, node.service().upstream(), 0);
    resolvers.add(resolver);
    return resolver;
  }

  void pull(RunningResolver resolver) throws Exception {
    String path = "/v2/" + SiteBed.REPOSITORY;
    assertThat(resolver.get(path + "/manifests/1.0").body()).isEqualTo(image.image().root().body());
    for (Map.Entry<String, byte[]> each : image.image().blobs().entrySet()) {
      assertThat(resolver.get(path + "/blobs/" + each.getKey()).body()).isEqualTo(each.getValue());
    }
  }

  void pullEverywhere() throws Exception {
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

  /** A request that gives way to a neighbor's may be made again; it is of one leaf here. */
  void assertOverTheLineOnce() throws Exception {
    assertThat(hub.sentLeaves.get()).isBetween(leaves(), leaves() + 2);
  }

  /** What a node said last. */
  Optional<Report> last(String node) {
    return hub.reports.stream()
        .filter(report -> report.node().equals(node))
        .max(Comparator.comparingLong(Report::sequence));
  }

  @Override
  public void close() throws Exception {
    for (RunningResolver resolver : resolvers) {
      resolver.close();
    }
    for (SiteBed node : nodes) {
      node.close();
    }
    twins.forEach(NeighborTwin::close);
    hub.close();
  }
}
