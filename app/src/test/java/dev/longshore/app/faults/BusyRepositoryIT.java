package dev.longshore.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.FreePorts;
import dev.longshore.app.NoSecondTry;
import dev.longshore.events.ServedState;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryPusher;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.testing.RandomImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A build server pushes a tag {@code ci-SHA} with an image of its own again and again, all to one
 * repository of a real registry, while another repository gets a push now and then: that one is
 * served within half a minute, whatever the first has waiting.
 *
 * <p>{@code -Dlongshore.busy.tags} is how many (2,000 at night), {@code -Dlongshore.busy.seconds}
 * the time that they come in (600).
 */
@ExtendWith(NoSecondTry.class)
@EnabledIfSystemProperty(named = "longshore.busy.tags", matches = "[1-9][0-9]*")
final class BusyRepositoryIT {
  private static final int TAGS = Integer.getInteger("longshore.busy.tags", 2_000);
  private static final Duration TIME =
      Duration.ofSeconds(Integer.getInteger("longshore.busy.seconds", 600));
  private static final Duration MOST = Duration.ofSeconds(30);

  /** Pushes beside, also where all tags were pushed before: what waits then is the first's. */
  private static final int LEAST = 3;

  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Duration BETWEEN = Duration.ofSeconds(5);
  private static final long OTHERS = 1_000_000;
  private final InMemoryRegistry local = new InMemoryRegistry();
  private final RegistryPusher pusher =
      new RegistryPusher(Registries.of(), ClientSettings.defaults());

  @Test
  void aPushToAnotherRepositoryIsServedWithinHalfAMinute() throws Exception {
    Path folder = Files.createTempDirectory("longshore-busy");
    try (Cluster cluster =
        // Its polls would ask for each of the tags every other second.
        new Cluster(
            folder,
            FreePorts.find(),
            List.of(),
            text -> text.replace("interval: 2s", "interval: 5m"))) {
      FailedLogs.ofCheckout()
          .keptIfItFails(BusyRepositoryIT.class, () -> run(cluster), cluster.logs());
    }
    KillIT.delete(folder);
  }

  private void run(Cluster cluster) throws Exception {
    cluster.start();
    RegistryHost host = new RegistryHost("localhost:" + cluster.ports.registry());
    RepositoryName busy = new RepositoryName(host, "busy/ci");
    RepositoryName other = new RepositoryName(host, "other/app");
    List<Duration> took = new ArrayList<>();
    long began = System.nanoTime();
    Duration pushed;
    try (ExecutorService builds = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Duration> build = builds.submit(() -> build(busy, began));
      while (!build.isDone() || took.size() < LEAST) {
        took.add(pushAndAwait(cluster, other, took.size()));
        LockSupport.parkNanos(BETWEEN.toNanos());
      }
      pushed = build.get();
    }
    System.out.printf(
        "BusyRepositoryIT: %d tags in %d s, %d of them observed by then; %d pushes"
            + " beside took %s, longest %s%n",
        TAGS,
        pushed.toSeconds(),
        cluster.catalog.tags().ofRepository(busy, null, TAGS + 1).size(),
        took.size(),
        took,
        took.stream().max(Duration::compareTo).orElseThrow());
    assertThat(took).allSatisfy(time -> assertThat(time).isLessThanOrEqualTo(MOST));
  }

  /** Pushes them all, each when it is due. */
  private Duration build(RepositoryName name, long began) throws RegistryException {
    for (int i = 0; i < TAGS; i++) {
      long due = began + TIME.toNanos() / TAGS * i;
      LockSupport.parkNanos(due - System.nanoTime());
      Digest sha = Digest.of(new byte[] {(byte) i, (byte) (i >> Byte.SIZE)});
      push(name, "ci-" + sha.hex(), i);
    }
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private Digest push(RepositoryName name, String tag, long seed) throws RegistryException {
    RandomImage image = RandomImage.of(seed);
    local.push(name, tag, image);
    pusher.push(local, Reference.tagged(name, tag), name, tag);
    return Digest.parse(image.rootDigest());
  }

  private Duration pushAndAwait(Cluster cluster, RepositoryName name, int number) throws Exception {
    Digest digest = push(name, "v" + number, OTHERS + number);
    long pushed = System.nanoTime();
    String key = TagState.key(name, new Tag("v" + number));
    Optional<ServedState> served =
        cluster.catalog.await(
            () ->
                cluster
                    .catalog
                    .served()
                    .byKey(key)
                    .filter(
                        state ->
                            state.results().stream()
                                .anyMatch(result -> result.source().equals(digest))),
            LIMIT);
    assertThat(served).as(key).isPresent();
    return Duration.ofMillis(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - pushed));
  }
}
