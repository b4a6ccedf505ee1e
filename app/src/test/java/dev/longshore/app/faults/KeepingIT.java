package dev.longshore.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.NoSecondTry;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.PeerPhase;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.testing.SplitMix;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Real peers in three zones and two pinners, with faults from a seed in one of these or in Kafka,
 * while images are pushed and forgotten: in the end each image has its copies, what counts as
 * verified has every byte, and nothing of ours is pinned that nobody wants.
 *
 * <p>{@code -Dlongshore.keeping.seconds} is the time budget, the start of the cluster included;
 * {@code -Dlongshore.seed} the only seed to run. CI runs it when it is its {@link Turn}.
 */
@ExtendWith(NoSecondTry.class)
@EnabledIf(value = "isItsTurn", disabledReason = "another test's turn, by the commit's number")
final class KeepingIT {
  private static final Logger LOG = LoggerFactory.getLogger(KeepingIT.class);
  private static final Duration BUDGET = Seed.budget("longshore.keeping.seconds", 30);
  private static final Duration LIMIT = Seed.budget("longshore.fault.limit.seconds", 180);
  private static final int REPOSITORIES = 4;

  /** All copies but one, as only one peer is damaged. */
  private static final int LEAST = KeptImages.COPIES - 1;

  /** Seeds that follow each other meet all of them. */
  private static final List<Fault> FAULTS = List.of(Fault.values());

  private final Map<Fault, Integer> met = new TreeMap<>();

  static boolean isItsTurn() {
    return Turn.isOf(KeepingIT.class, "longshore.keeping.seconds");
  }

  @Test
  void whateverHappensToPeersEachImageHasItsCopiesInTheEnd() throws Exception {
    long begun = System.nanoTime();
    Path folder = Files.createTempDirectory("longshore-keeping");
    try (KeepingCluster cluster = new KeepingCluster(folder)) {
      FailedLogs.ofCheckout()
          .keptIfItFails(
              KeepingIT.class, () -> run(cluster, begun), cluster.logs(), cluster.peerLogs());
    }
    System.out.printf(
        "KeepingIT met %s in %d s%n",
        met, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun));
    assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
    KillIT.delete(folder);
  }

  private void run(KeepingCluster cluster, long begun) throws Exception {
    cluster.start();
    RegistryHost registry = new RegistryHost("localhost:" + cluster.ports.registry());
    KeptImages images = new KeptImages(cluster);
    Pushes pushes = new Pushes(n -> new RepositoryName(registry, "keeping/r" + n % REPOSITORIES));
    Duration left = BUDGET.minusNanos(System.nanoTime() - begun);
    Seed.each(KeepingIT.class, 1, left, seed -> run(cluster, pushes, images, seed));
  }

  private void run(KeepingCluster cluster, Pushes pushes, KeptImages images, long seed)
      throws Exception {
    RandomGenerator random = new SplitMix(seed);
    Fault fault = FAULTS.get(Math.floorMod(seed, FAULTS.size()));
    String peer = fault.victim(cluster, random);
    boolean forgets = random.nextBoolean();
    boolean calm = random.nextBoolean();
    boolean waits = fault.makesAway() && random.nextBoolean();
    LOG.info(
        "seed {}: {} at {}{}{}{}",
        seed,
        fault,
        peer,
        calm ? ", when all is kept" : ", at once after a push",
        waits ? ", until it is lost" : "",
        forgets ? ", and one image is forgotten" : "");
    push(pushes, images);
    push(pushes, images);
    if (calm) {
      images.require(LIMIT);
    }
    List<Digest> before = List.copyOf(images.kept());
    Set<PinState> below = ConcurrentHashMap.newKeySet();
    Set<ImageDag> whole = images.whole();
    try (var _ = cluster.catalog.onChange(record -> addShort(record, whole, below))) {
      fault.strike(cluster, peer);
      push(pushes, images);
      if (forgets && fault != Fault.KAFKA_KILLED) {
        forget(cluster, before.get(random.nextInt(before.size())), images);
      }
      if (waits) {
        awaitLost(cluster, peer);
      }
      fault.heal(cluster, peer);
      if (forgets && fault == Fault.KAFKA_KILLED) {
        forget(cluster, before.get(random.nextInt(before.size())), images);
      }
      images.require(LIMIT);
    }
    if (fault == Fault.BLOCKS_DAMAGED) {
      assertThat(below).as("below the least while one peer is mended").isEmpty();
    }
    met.merge(fault, 1, Integer::sum);
  }

  /** One that had all its copies, and has fewer than it must have. */
  private static void addShort(CatalogRecord record, Set<ImageDag> whole, Set<PinState> below) {
    if (record.value() instanceof PinState pin
        && whole.contains(pin.imageDag())
        && pin.state() == PinPhase.KEPT
        && pin.verified() < Math.max(LEAST, pin.min() == null ? 1 : pin.min())) {
      below.add(pin);
    }
  }

  private static void push(Pushes pushes, KeptImages images) throws Exception {
    pushes.next();
    images.pushed(pushes.done().getLast().digest());
  }

  private static void forget(KeepingCluster cluster, Digest digest, KeptImages images)
      throws Exception {
    cluster.decide(
        new DecisionState(
            UUID.randomUUID().toString(),
            1,
            "test",
            "a secret in it",
            Instant.now(),
            null,
            null,
            new Decision.Forget(digest.toString(), List.of(digest)),
            null,
            null,
            null));
    images.forgotten(digest);
  }

  private static void awaitLost(KeepingCluster cluster, String peer) throws InterruptedException {
    assertThat(
            cluster.catalog.await(
                () ->
                    cluster
                        .catalog
                        .peers()
                        .of(new PeerName(peer))
                        .filter(state -> state.state() == PeerPhase.LOST),
                LIMIT))
        .as(peer + " counts as lost")
        .isPresent();
  }
}
