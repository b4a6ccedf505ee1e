package dev.longshore.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.model.Digest;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.testing.MemoryBus;
import dev.longshore.runtime.testing.MemoryService;
import dev.longshore.testing.RandomImage;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/** Registry, peers and the services of one seed, with one of them out of order for a day. */
final class DayWorld implements AutoCloseable {
  private enum Target {
    REGISTRY,
    INGEST,
    PEER
  }

  private static final List<Target> TARGETS = List.of(Target.values());
  private static final List<Outage.Kind> TROUBLES = List.of(Outage.Kind.values());

  /** Every kind of outage of every target. */
  static final int KINDS = TARGETS.size() * TROUBLES.size();

  private static final int WANTED = 3;
  private static final int MANY_PUSHES = 1_000;
  private static final int FEW_PUSHES = 60;
  private static final Duration REPAIR = Duration.ofMinutes(5);
  private static final Duration STOP = Duration.ofMillis(1);

  final IdleTime time = new IdleTime(Instant.parse("2026-01-01T00:00:00Z"));
  final MemoryBus bus = new MemoryBus(time.clock);
  final int pushes;
  final Outage outage;
  private final long seed;
  private final Target target;
  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final Pushed pushed = new Pushed(registry);
  private final Map<String, InMemoryIpfsNode> nodes = new LinkedHashMap<>();
  private final Services services;
  private final RandomGenerator random;
  private int made;

  DayWorld(long seed, Vertx vertx) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    this.target = TARGETS.get(Math.floorMod(seed, TARGETS.size()));
    this.outage =
        new Outage(TROUBLES.get(Math.floorMod(seed / TARGETS.size(), TROUBLES.size())), time);
    // One of each target with many pushes, then all others as fast as they can be had.
    this.pushes = Math.floorMod(seed, KINDS) < TARGETS.size() ? MANY_PUSHES : FEW_PUSHES;
    InMemorySwarm swarm = new InMemorySwarm();
    nodes.put("ingest", swarm.node("ingest"));
    int peers = WANTED + random.nextInt(2);
    for (int i = 0; i < peers; i++) {
      nodes.put("peer" + i, swarm.node("peer" + i));
    }
    Map<String, IpfsNode> seen = new LinkedHashMap<>();
    nodes.forEach(
        (name, node) -> seen.put(name, isBroken(node) ? around(IpfsNode.class, node) : node));
    this.services =
        new Services(
            Setup.of(nodes.keySet(), false),
            target == Target.REGISTRY ? around(ImageSource.class, registry) : registry,
            seen,
            UnaryOperator.identity(),
            bus,
            time.clock,
            vertx,
            service -> new Endpoints(time.clock, time, new Random(seed + service.hashCode())),
            Executors::newVirtualThreadPerTaskExecutor);
    hosts().forEach(MemoryService::start);
    time.every(
        REPAIR, () -> services.repair(dag -> services.pinnerHost.nudge(Topic.CONVERTED, dag)));
  }

  private List<MemoryService> hosts() {
    return List.of(services.watcherHost, services.converterHost, services.pinnerHost);
  }

  /** The node that is out of order, when it is none of the registry. */
  private InMemoryIpfsNode broken() {
    return nodes.get(target == Target.INGEST ? "ingest" : "peer0");
  }

  private boolean isBroken(InMemoryIpfsNode node) {
    return target != Target.REGISTRY && node.equals(broken());
  }

  private <T> T around(Class<T> port, T real) {
    return Moments.before(port, real, outage::call);
  }

  /** Pushes so many images, each its own, and tells of each. */
  void push(int count) {
    for (int i = 0; i < count; i++) {
      int number = made++;
      // Every fifth of the sample images is large, which shows nothing here.
      RandomImage image = SampleImages.of(number * 5 + 1 + random.nextInt(4));
      bus.send(
          pushed.push("team/app" + number % 7, "v" + number, image, true, time.clock.instant()));
    }
  }

  void beginOutage() {
    if (target == Target.REGISTRY) {
      outage.begin(registry);
    } else {
      outage.begin(broken());
    }
  }

  void endOutage() {
    outage.end(registry, broken());
  }

  void requireAllMirrored() {
    assertThat(bus.records(Topic.DEAD)).as("dead letters").isEmpty();
    assertThat(bus.records(Topic.FAILED)).as("failures for good").isEmpty();
    assertThat(pushed.tags()).hasSize(pushes);
    for (Map.Entry<String, RandomImage> tag : pushed.tags().entrySet()) {
      List<ImageState> images =
          services.pins.conversions().ofDigest(Digest.parse(tag.getValue().rootDigest()));
      assertThat(images).as("what became of " + tag.getKey()).hasSize(1);
      PinState pin = services.pins.pins().of(images.getFirst().imageDag()).orElseThrow();
      assertThat(pin.verified()).as("copies of " + tag.getKey()).isEqualTo(WANTED);
      assertThat(pin.ingestReleased()).as("ingest pin of " + tag.getKey()).isTrue();
    }
    assertThat(nodes.get("ingest").pinned()).as("pins of the ingest peer").isEmpty();
  }

  @Override
  public String toString() {
    return "seed %d, %s is %s, %d pushes, %d calls of it, %d at once"
        .formatted(
            seed,
            target == Target.REGISTRY ? "the registry" : broken().name(),
            outage.kind,
            pushes,
            outage.calls(),
            outage.mostAtOnce());
  }

  @Override
  public void close() {
    hosts().forEach(host -> host.stop(STOP));
    services.close();
  }
}
