package dev.longshore.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.app.FreePorts;
import dev.longshore.app.NoSecondTry;
import dev.longshore.app.parts.Ports;
import dev.longshore.app.query.Answer;
import dev.longshore.app.query.Queries;
import dev.longshore.app.settings.ConfigFile;
import dev.longshore.app.settings.Settings;
import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.ServedState;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryClient;
import dev.longshore.oci.source.Page;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.testing.SplitMix;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Pushes, moves and deletions over 200 tags of a real registry, out of a seed, while its
 * notifications are dropped, doubled, late, reordered and forged, and watcher, Kafka and registry
 * are killed and started again: in the end the mirror has what the registry lists, each image was
 * converted once, and each version that a notification delivered is in its tag's history. (A
 * version that came and went between two polls, and whose notification was dropped, nobody can
 * know.)
 *
 * <p>{@code -Dlongshore.lossless.seconds} is the time budget, the start of the cluster and some
 * time to come to rest included; {@code -Dlongshore.lossless.operations} how many must be done in
 * it, by default at most 2,000; {@code -Dlongshore.seed} the seed to repeat. CI runs it when it is
 * its {@link Turn}. A clock that is set back is in {@code LosslessTest} of the watcher: a process
 * has only the machine's.
 */
@ExtendWith(NoSecondTry.class)
@EnabledIf(value = "isItsTurn", disabledReason = "another test's turn, by the commit's number")
final class LosslessIT {
  private static final Duration BUDGET = Seed.budget("longshore.lossless.seconds", 30);
  private static final int OPERATIONS = Integer.getInteger("longshore.lossless.operations", 2_000);

  /** However slow the machine is: each program is killed at least once. */
  private static final int LEAST = 40;

  private static final Duration LIMIT = Seed.budget("longshore.fault.limit.seconds", 180);

  /** Part of the budget to come to rest in. */
  private static final int REST = 3;

  private static final int KILL_EVERY = 12;

  /** An image that comes to two repositories at once, as after a pause, is read from both. */
  private static final int AT_ONCE = 4;

  private static final List<String> VICTIMS = List.of("watcher", "registry", "kafka");
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String EVENTS = "application/vnd.docker.distribution.events.v2+json";

  private final Map<String, Integer> killed = new TreeMap<>();
  private int operations;

  static boolean isItsTurn() {
    return Turn.isOf(LosslessIT.class, "longshore.lossless.seconds");
  }

  @Test
  void whateverHappensToNotificationsTheMirrorHasWhatTheRegistryLists() {
    long begun = System.nanoTime();
    Seed.each(LosslessIT.class, 1, Duration.ZERO, seed -> run(begun, seed));
  }

  private void run(long begun, long seed) throws Exception {
    Path folder = Files.createTempDirectory("longshore-lossless");
    List<Ports> ports = FreePorts.find(2);
    URI webhook = URI.create("http://127.0.0.1:" + ports.getLast().webhooks() + "/hooks/local");
    try (Cluster cluster = cluster(folder, ports);
        UnsureLine line =
            new UnsureLine(ports.getFirst().webhooks(), webhook, cluster.token, seed)) {
      line.open();
      RegistryHost host = new RegistryHost("localhost:" + ports.getFirst().registry());
      FailedLogs.ofCheckout()
          .keptIfItFails(
              LosslessIT.class, () -> run(cluster, line, host, begun, seed), cluster.logs());
    }
    assertThat(killed.keySet()).containsExactlyInAnyOrderElementsOf(VICTIMS);
    if (System.getProperty("longshore.lossless.operations") != null) {
      assertThat(operations).as("done in " + BUDGET).isGreaterThanOrEqualTo(OPERATIONS);
    }
    assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
    KillIT.delete(folder);
  }

  private void run(Cluster cluster, UnsureLine line, RegistryHost host, long begun, long seed)
      throws Exception {
    cluster.start();
    try (ChangingTags tags = new ChangingTags(host, new SplitMix(seed), LIMIT)) {
      long end = begun + BUDGET.toNanos() * (REST - 1) / REST;
      change(cluster, line, tags, new SplitMix(-seed), end);
      long changed = System.nanoTime();
      line.awaitQuiet(LIMIT);
      requireListed(cluster, tags);
      requireServed(cluster, tags);
      requireConvertedOnce(cluster);
      requireHistory(cluster, line, tags);
      System.out.printf(
          "LosslessIT: %d operations, notifications %s, killed %s, at rest after %d s, %d s in"
              + " all%n",
          operations,
          line.met(),
          killed,
          TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - changed),
          TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun));
    } catch (AssertionError e) {
      throw new AssertionError(
          "after %d operations, notifications %s, killed %s: %s"
              .formatted(operations, line.met(), killed, e.getMessage()),
          e);
    }
  }

  private static Cluster cluster(Path folder, List<Ports> ports) throws Exception {
    return new Cluster(
        folder,
        ports.getFirst(),
        List.of("watcher.webhooks.listen=127.0.0.1:" + ports.getLast().webhooks()),
        // Once a poll of 200 tags takes 20 s, as by default, a test waits for little else.
        text -> text.replace("interval: 2s", "interval: 2s\n      requests-per-second: 200"));
  }

  private void change(
      Cluster cluster, UnsureLine line, ChangingTags tags, RandomGenerator random, long end)
      throws Exception {
    try (ExecutorService reaper = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> restart = reaper.submit(() -> {});
      int kills = 0;
      while (operations < LEAST || (operations < OPERATIONS && System.nanoTime() < end)) {
        tags.change();
        if (random.nextInt(5) == 0) {
          line.forge(EVENTS, tags.forged());
        }
        operations++;
        if (operations % KILL_EVERY == 0 && (restart.isDone() || operations >= LEAST / 2)) {
          restart.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
          if (kills < VICTIMS.size() || random.nextInt(4) == 0) {
            Victim victim = cluster.victim(VICTIMS.get(kills++ % VICTIMS.size()));
            long pause = random.nextLong(TimeUnit.SECONDS.toNanos(1));
            restart = reaper.submit(() -> restart(victim, pause));
            killed.merge(victim.name(), 1, Integer::sum);
          }
        }
      }
      restart.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private static Void restart(Victim victim, long pause) throws Exception {
    victim.kill();
    LockSupport.parkNanos(pause); // it is away for so long
    victim.start();
    return null;
  }

  /** What the topic of tags says is what the registry lists. */
  private static void requireListed(Cluster cluster, ChangingTags tags) throws Exception {
    RegistryClient registry = new RegistryClient(Registries.of(), ClientSettings.defaults());
    for (RepositoryName name : tags.repositories()) {
      Map<String, Digest> listed = listed(registry, name);
      Map<String, Digest> truth = new TreeMap<>();
      tags.there()
          .forEach(
              (reference, digest) -> {
                if (reference.name().equals(name)) {
                  truth.put(reference.selector(), digest);
                }
              });
      assertThat(listed).as("what the registry itself lists of " + name).isEqualTo(truth);
      Optional<Boolean> equal =
          cluster.catalog.await(
              () -> known(cluster, name).equals(listed) ? Optional.of(true) : Optional.empty(),
              LIMIT);
      assertThat(equal.isPresent() ? listed : known(cluster, name))
          .as("tags of " + name)
          .isEqualTo(listed);
    }
  }

  private static Map<String, Digest> listed(RegistryClient client, RepositoryName name)
      throws RegistryException {
    Map<String, Digest> listed = new TreeMap<>();
    try {
      for (String tag :
          Page.all(
              new RegistryException.Attempt("list", name.toString()),
              1_000,
              from -> client.tags(name, from))) {
        listed.put(tag, client.resolve(Reference.tagged(name, tag)).digest());
      }
    } catch (RegistryException e) {
      if (e.kind() != RegistryException.Kind.NOT_FOUND) {
        throw e;
      }
    }
    return listed;
  }

  private static Map<String, Digest> known(Cluster cluster, RepositoryName name) {
    Map<String, Digest> known = new TreeMap<>();
    cluster
        .catalog
        .tags()
        .ofRepository(name, null, 1_000)
        .forEach(tag -> known.put(tag.selector(), tag.digest()));
    return known;
  }

  /** What {@code served} says and the resolver serves is the same too. */
  private static void requireServed(Cluster cluster, ChangingTags tags) throws Exception {
    for (Map.Entry<Reference, Digest> tag : tags.there().entrySet()) {
      String key = TagState.key(tag.getKey().name(), tag.getKey().tag().orElseThrow());
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
                                  .anyMatch(result -> result.source().equals(tag.getValue()))),
              LIMIT);
      assertThat(served)
          .as(
              "%s shows %s: %s, troubles %s",
              key,
              tag.getValue(),
              cluster.catalog.served().byKey(key),
              cluster.catalog.failures().of(key))
          .isPresent();
    }
    RegistryClient resolver = new RegistryClient(Registries.of(), ClientSettings.defaults());
    for (RepositoryName name : tags.repositories()) {
      RepositoryName there =
          new RepositoryName(
              new RegistryHost("127.0.0.1:" + cluster.ports.resolver()),
              name.host().pathForm() + "/" + name.repository());
      Map<String, Digest> wanted = known(cluster, name);
      long end = System.nanoTime() + LIMIT.toNanos();
      while (!listed(resolver, there).equals(wanted) && System.nanoTime() < end) {
        LockSupport.parkNanos(LOOK_NANOS);
      }
      assertThat(listed(resolver, there))
          .as("what the resolver serves of " + name)
          .isEqualTo(wanted);
    }
  }

  private static void requireConvertedOnce(Cluster cluster) {
    Map<Digest, Set<String>> conversions = new TreeMap<>(Comparator.comparing(Digest::toString));
    new TopicReader(cluster.kafka, Cluster.PREFIX)
        .all(Topic.IMAGES).stream()
            .filter(record -> record.value() != null)
            .map(record -> Events.read(record, ImageState.class))
            .filter(image -> image.evidence() == Evidence.READ)
            .forEach(
                image ->
                    conversions
                        .computeIfAbsent(image.digest(), _ -> new TreeSet<>())
                        .add(image.convertedAt() + " " + image.name()));
    int count = conversions.values().stream().mapToInt(Set::size).sum();
    assertThat(conversions).isNotEmpty();
    assertThat((double) count)
        .as(
            "%d conversions of %d digests; more than one of %s",
            count,
            conversions.size(),
            conversions.values().stream().filter(times -> times.size() > 1).toList())
        .isLessThanOrEqualTo(1.05 * conversions.size() + AT_ONCE);
  }

  private static void requireHistory(Cluster cluster, UnsureLine line, ChangingTags tags)
      throws Exception {
    Settings settings =
        new ConfigLoader<>(Settings.class)
            .load(ConfigFile.sources(cluster.config, List.of()))
            .settings();
    Queries queries = new Queries(settings, () -> cluster.catalog);
    int looked = 0;
    for (String body : line.delivered()) {
      for (JsonNode event : JSON.readTree(body).path("events")) {
        JsonNode target = event.path("target");
        if (!event.path("action").asText().equals("push") || !target.has("tag")) {
          continue;
        }
        RepositoryName name =
            new RepositoryName(
                tags.repositories().getFirst().host(), target.path("repository").asText());
        Digest digest = Digest.parse(target.path("digest").asText());
        if (tags.wasDeleted(name, digest)) {
          continue; // nobody could verify it
        }
        String image = TagState.key(name, new Tag(target.path("tag").asText()));
        Answer answer = queries.history(image);
        JsonNode history = answer.json();
        assertThat(answer.error()).as(image).isNull();
        if (history == null || history.path("olderForgotten").asBoolean()) {
          continue;
        }
        assertThat(history.path("versions").findValuesAsText("digest"))
            .as("history of %s, which was delivered", image)
            .contains(digest.toString());
        for (JsonNode version : history.path("versions")) {
          requireLearned(image, version);
        }
        looked++;
      }
    }
    assertThat(looked).as("delivered versions").isPositive();
  }

  private static void requireLearned(String image, JsonNode version) {
    assertThat(version.path("origin").asText()).as(image).isIn("webhook", "poll", "backfill");
    if (version.path("origin").asText().equals("webhook")) {
      assertThat(version.path("sender").asText()).as(image).isEqualTo("distribution");
    }
    if (!version.path("lateIsAtLeast").asBoolean()) {
      assertThat(version.path("lateSeconds").asDouble()).as(image).isPositive();
    }
  }
}
