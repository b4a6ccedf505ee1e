package dev.longshore.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.NoSecondTry;
import dev.longshore.catalog.CatalogSubscription;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryPusher;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import dev.longshore.testing.SplitMix;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The real programs, one of them killed at a moment of a push that a seed gives, then started
 * again: the same final state as if it had not been killed. All seeds share one cluster; each
 * restarts what it killed. Consecutive seeds kill each kind of program, and a different Kubo node
 * every time.
 *
 * <p>{@code -Dlongshore.fault.seconds} is the time budget, the start of the cluster included;
 * {@code -Dlongshore.fault.seeds} the least number of seeds, 100 at night, else one for each kind
 * of program; {@code -Dlongshore.seed} the only seed to run. CI runs it when it is its {@link
 * Turn}.
 */
@ExtendWith(NoSecondTry.class)
@EnabledIf(value = "isItsTurn", disabledReason = "another test's turn, by the commit's number")
final class KillIT {
  private static final Logger LOG = LoggerFactory.getLogger(KillIT.class);
  private static final Duration BUDGET = Seed.budget("longshore.fault.seconds", 30);
  private static final OptionalInt SEEDS = seeds();
  private static final Duration LIMIT = Seed.budget("longshore.fault.limit.seconds", 180);

  /** Steps of a push that are surely seen: its reads by the client, then changes of state. */
  private static final int LAST_POINT = 20;

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  static boolean isItsTurn() {
    return Turn.isOf(KillIT.class, "longshore.fault.seeds");
  }

  @Test
  void aProgramThatIsKilledAtAnyMomentChangesNothingInTheEnd() throws Exception {
    long begun = System.nanoTime();
    Path folder = Files.createTempDirectory("longshore-faults");
    try (Cluster cluster = new Cluster(folder)) {
      FailedLogs.ofCheckout()
          .keptIfItFails(KillIT.class, () -> run(cluster, begun), cluster.logs());
    }
    assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
    delete(folder);
  }

  private static void run(Cluster cluster, long begun) throws Exception {
    cluster.start();
    Duration left = BUDGET.minusNanos(System.nanoTime() - begun);
    int kinds = cluster.kinds().size();
    int least = SEEDS.orElse(kinds);
    Map<String, Integer> killed = new TreeMap<>();
    int seeds =
        Seed.each(
            KillIT.class, least, left, seed -> killed.merge(kill(cluster, seed), 1, Integer::sum));
    System.out.printf(
        "KillIT killed %s in %d s%n",
        killed, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun));
    for (List<Victim> kind : cluster.kinds()) {
      assertThat(kind)
          .filteredOn(victim -> killed.containsKey(victim.name()))
          .as("killed of %s", kind.stream().map(Victim::name).toList())
          .hasSizeGreaterThanOrEqualTo(Math.min(seeds / kinds, kind.size()));
    }
  }

  private static OptionalInt seeds() {
    Integer named = Integer.getInteger("longshore.fault.seeds");
    return named == null ? OptionalInt.empty() : OptionalInt.of(named);
  }

  /** Returns the name of what was killed. */
  private static String kill(Cluster cluster, long seed) throws Exception {
    RandomGenerator random = new SplitMix(seed);
    Victim victim = victim(cluster.kinds(), seed);
    int number = random.nextInt(LAST_POINT);
    Point point = new Point(number);
    RepositoryName repository =
        new RepositoryName(
            new RegistryHost("localhost:" + cluster.ports.registry()), "faults/seed" + seed);
    Map<String, RandomImage> tags = new LinkedHashMap<>();
    int count = 1 + random.nextInt(2);
    for (int i = 0; i < count; i++) {
      tags.put("v" + i, image(random));
    }
    LOG.info("seed {}: kill {} at step {} of {} pushes", seed, victim.name(), number, count);
    InMemoryRegistry local = new InMemoryRegistry();
    ImageSource source = Moments.around(ImageSource.class, local, point::step);
    try (CatalogSubscription _ = cluster.catalog.onChange(_ -> point.step());
        ExecutorService client = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> pushes =
          client.submit(
              () -> {
                tags.forEach((tag, image) -> local.push(repository, tag, image));
                for (String tag : tags.keySet()) {
                  push(source, repository, tag);
                }
                return null;
              });
      point.await((int) LIMIT.toSeconds());
      long killed = victim.pid();
      victim.kill();
      assertThat(ProcessHandle.of(killed).filter(ProcessHandle::isAlive))
          .as("%s, process %d, after its kill", victim.name(), killed)
          .isEmpty();
      if (random.nextBoolean() && !victim.name().equals("registry")) {
        pushes.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      }
      victim.start();
      assertThat(victim.pid())
          .as("process of %s after its start", victim.name())
          .isNotEqualTo(killed);
      pushes.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
    Outcome outcome = new Outcome(cluster.places(), LIMIT);
    for (Map.Entry<String, RandomImage> tag : tags.entrySet()) {
      outcome.require(
          Reference.tagged(repository, tag.getKey()), Digest.parse(tag.getValue().rootDigest()));
    }
    outcome.requireCleanTopics();
    return victim.name();
  }

  private static Victim victim(List<List<Victim>> kinds, long seed) {
    List<Victim> kind = kinds.get(Math.floorMod(seed, kinds.size()));
    return kind.get(Math.floorMod(Math.floorDiv(seed, kinds.size()), kind.size()));
  }

  private static RandomImage image(RandomGenerator random) {
    RandomImageOptions options =
        RandomImageOptions.small().withLayers(2, 1_000 + random.nextInt(1_000_000));
    return RandomImage.of(
        random.nextLong(),
        random.nextBoolean() ? options : options.withPlatforms("linux/amd64", "linux/arm64"));
  }

  /** As a client does: when the registry is away, it pushes again. */
  private static void push(ImageSource source, RepositoryName repository, String tag)
      throws RegistryException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      try {
        new RegistryPusher(Registries.of(), ClientSettings.defaults())
            .push(source, Reference.tagged(repository, tag), repository, tag);
        return;
      } catch (RegistryException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  static void delete(Path folder) throws Exception {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
