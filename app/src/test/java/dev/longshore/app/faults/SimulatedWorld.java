package dev.longshore.app.faults;

import dev.longshore.events.Hint;
import dev.longshore.events.PinState;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.model.Digest;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.testing.MemoryBus;
import dev.longshore.runtime.testing.Simulation;
import dev.longshore.testing.ManualClock;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Everything of one seed: a registry, peers, the services over them, and what is pushed and goes
 * wrong at the moments before and after each call that a service makes.
 */
final class SimulatedWorld implements AutoCloseable {
  /** Rounds after all is well again; a peer's failure costs one, more than a few is a defect. */
  private static final int ROUNDS_TO_QUIET = 12;

  /** Rounds without a new record after which nothing will come by itself. */
  private static final int QUIET_ROUNDS = 2;

  private static final Duration ANY = Duration.ofSeconds(5);

  final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  final MemoryBus bus = new MemoryBus(clock);
  final InMemoryRegistry registry = new InMemoryRegistry();
  final Pushed pushed = new Pushed(registry);
  final Map<String, InMemoryIpfsNode> nodes = new LinkedHashMap<>();
  final boolean ingestKeeps;
  final int keepers;
  final Weather weather;
  final Services services;
  final Simulation simulation;
  final Forgotten forgotten;
  private final Dead dead;
  private final Disturbance disturbance;
  private final RandomGenerator random;
  private final List<String> told = new ArrayList<>();
  private int pushesLeft;
  private int decisionsLeft;
  private boolean fair;

  SimulatedWorld(long seed, Vertx vertx) {
    random = new SplittableRandom(seed);
    weather = Weather.of(random);
    ingestKeeps = random.nextBoolean();
    int others = 2 + random.nextInt(3);
    keepers = others + (ingestKeeps ? 1 : 0);
    pushesLeft = 1 + random.nextInt(10);
    decisionsLeft = random.nextBoolean() ? 0 : 1 + random.nextInt(5);
    forgotten = new Forgotten(bus, clock, random);
    InMemorySwarm swarm = new InMemorySwarm();
    nodes.put("ingest", swarm.node("ingest"));
    for (int i = 0; i < others; i++) {
      nodes.put("peer" + i, swarm.node("peer" + i));
    }
    services =
        new Services(
            Setup.of(nodes.keySet(), ingestKeeps),
            Moments.around(ImageSource.class, registry, this::moment),
            nodes,
            node -> Moments.around(IpfsNode.class, node, this::moment),
            bus,
            clock,
            vertx,
            service -> Services.endpoints(clock, seed + service.hashCode()),
            SameThread::new);
    simulation = new Simulation(bus, seed, weather.crashes());
    services.restartIn(simulation);
    dead = new Dead(bus);
    disturbance = new Disturbance(registry, List.copyOf(nodes.values()), random);
  }

  private void moment() {
    if (fair) {
      return;
    }
    if (pushesLeft > 0 && random.nextInt(30) == 0) {
      push();
    }
    if (decisionsLeft > 0 && random.nextInt(60) == 0) {
      decide();
    }
    if (random.nextDouble() < weather.registryFaults()) {
      told.add(disturbance.registry(weather.garbage()));
    }
    if (random.nextDouble() < weather.kuboFaults()) {
      told.add(disturbance.kubo());
    }
    if (random.nextDouble() < weather.collections()) {
      collect(disturbance.anyNode());
    }
    if (random.nextInt(10) == 0) {
      services.lookAtNames();
    }
    simulation.crashPoint();
  }

  private void push() {
    pushesLeft--;
    String repository = "team/app" + random.nextInt(3);
    String tag = "v" + random.nextInt(2);
    int number = random.nextInt(12) == 0 ? 0 : 1 + random.nextInt(4);
    boolean whole = random.nextDouble() >= weather.brokenPushes();
    boolean heard = random.nextDouble() >= weather.lostWebhooks();
    Hint hint =
        pushed.push(
            repository,
            tag,
            whole ? SampleImages.of(number) : SampleImages.broken(number),
            whole,
            clock.instant());
    told.add("push %s:%s image %d%s".formatted(repository, tag, number, heard ? "" : ", unheard"));
    if (heard) {
      bus.send(hint);
    }
  }

  private void decide() {
    decisionsLeft--;
    told.add(forgotten.decide(pushed));
  }

  private void collect(InMemoryIpfsNode node) {
    try {
      told.add(node.name() + ": collects garbage");
      node.collectGarbage(Deadline.after(ANY));
    } catch (KuboException e) {
      told.add(node.name() + ": cannot, " + e.fault());
    }
  }

  /** Pushes and fails until all was pushed, then lets everything come to rest. */
  void run() throws InterruptedException {
    while (pushesLeft > 0) {
      push();
      if (decisionsLeft > 0 && random.nextInt(4) == 0) {
        decide();
      }
      runServices();
      requireCopies();
      clock.advance(Duration.ofHours(random.nextInt(8)));
      if (random.nextInt(3) == 0) {
        disturbance.over();
      }
      lookAgain();
      runServices();
      requireCopies();
    }
    fair = true;
    disturbance.over();
    told.add("all is well again");
    int quiet = 0;
    for (int round = 0; round < ROUNDS_TO_QUIET && quiet < QUIET_ROUNDS; round++) {
      int before = records();
      clock.advance(Duration.ofMinutes(5));
      lookAgain();
      dead.replay(letter -> Dead.wasGarbage(letter, pushed));
      runServices();
      requireCopies();
      quiet = records() == before ? quiet + 1 : 0;
    }
  }

  /** Until nothing is left to do, and no name shows something else than is recorded. */
  private void runServices() {
    int before;
    do {
      before = records();
      simulation.run();
      services.lookAtNames();
      simulation.run();
    } while (records() != before);
  }

  private int records() {
    return Arrays.stream(Topic.values()).mapToInt(topic -> bus.records(topic).size()).sum();
  }

  private void lookAgain() throws InterruptedException {
    services.poll();
    services.lookForUndone();
    services.repair(
        dag -> {
          simulation.nudge(services.pinnerHost, Topic.CONVERTED, dag);
          return true;
        });
  }

  /** At any time: who is said to have a copy has a pin of it, which its own garbage cannot take. */
  private void requireCopies() {
    for (PinState state : services.pins.pins().page(null, 1_000)) {
      for (String peer : FinalState.verified(services.pins, state)) {
        if (nodes.get(peer).pinned().keySet().stream()
            .noneMatch(cid -> cid.equals(state.imageDag().cid()))) {
          throw new AssertionError(peer + " is said to keep " + state.imageDag() + " but does not");
        }
      }
    }
  }

  boolean isForgotten(String digest) {
    return forgotten.now().contains(Digest.parse(digest));
  }

  /** Whether a process was killed, or a Kubo refused what would have ended something. */
  boolean endedWork() {
    return simulation.crashCount() > 0 || weather.kuboFaults() > 0;
  }

  /** What happened, for a person who repeats the seed. */
  String story() {
    return "%s, %d keepers%s, killed %d times%n%s"
        .formatted(
            weather,
            keepers,
            ingestKeeps ? " with the ingest peer" : "",
            simulation.crashCount(),
            String.join("\n", told));
  }

  @Override
  public void close() {
    services.close();
  }
}
