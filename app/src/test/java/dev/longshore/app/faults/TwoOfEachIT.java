package dev.longshore.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.RegistryException;
import dev.longshore.runtime.kafka.topics.TopicAdmin;
import dev.longshore.runtime.kafka.topics.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * More than one of each program: while an image is pushed each second and pulls go on, one after
 * another is ended or killed and comes back. No push is lost or announced twice, and no pull fails
 * that is tried once more.
 *
 * <p>It wants the machine for itself and is asked for by {@code -Dlongshore.pairs.rounds}, how
 * often each is restarted.
 */
@EnabledIfSystemProperty(named = "longshore.pairs.rounds", matches = "\\d+")
final class TwoOfEachIT {
  private static final Logger LOG = LoggerFactory.getLogger(TwoOfEachIT.class);
  private static final int ROUNDS = Integer.getInteger("longshore.pairs.rounds", 1);
  private static final Duration LIMIT = Seed.budget("longshore.fault.limit.seconds", 180);
  private static final int PULL_MILLIS = 200;
  private static final int PUSH_MILLIS = 1_000;

  /** Enough for the keys of each kind to lie in partitions of both processes. */
  private static final int REPOSITORIES = 12;

  /** Each is started again once a round. */
  private static final int CONVERTERS = 2;

  private static final Pattern BLOB_READ =
      Pattern.compile(
          "http\\.request\\.method=GET .*http\\.request\\.uri=\"?\\S+/blobs/(sha256:\\w+)");

  private static final Pattern RECORDS =
      Pattern.compile(
          "longshore_records_total\\{[^}]*longshore\\.(?:hints|observed)\"[^}]*} (\\d+)");

  private final List<String> refused = new CopyOnWriteArrayList<>();

  @Test
  void aRollingRestartUnderLoadKeepsEveryPushAndFailsNoPullThatIsRetried() throws Exception {
    Path folder = Files.createTempDirectory("longshore-two");
    long begun = System.nanoTime();
    try (TwoOfEach cluster = new TwoOfEach(folder)) {
      FailedLogs.ofCheckout()
          .keptIfItFails(TwoOfEachIT.class, () -> run(cluster, begun), cluster.logs());
    }
    assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
    KillIT.delete(folder);
    System.out.printf("TwoOfEachIT: %d s in all%n", seconds(begun));
  }

  private static long seconds(long begun) {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
  }

  private void run(TwoOfEach cluster, long begun) throws Exception {
    cluster.start();
    LOG.info("all are up after {} s", seconds(begun));
    try (Admin admin = Admin.create(cluster.places().kafka())) {
      run(cluster, admin);
    }
  }

  private void run(TwoOfEach cluster, Admin admin) throws Exception {
    assertThat(new TopicAdmin(admin, Topics.specs(Cluster.PREFIX, (short) 3), LIMIT).check())
        .as("three replicas, two of them in sync")
        .isEmpty();
    Places places = cluster.places();
    Outcome outcome = new Outcome(places, LIMIT);
    RegistryHost registry = new RegistryHost("localhost:" + places.ports().registry());
    Pushes pushes = new Pushes(n -> new RepositoryName(registry, "pairs/r" + n % REPOSITORIES));
    Pulls pulls = new Pulls(pushes, outcome, places.resolvers());
    RollingRestart restart = new RollingRestart(cluster, admin, LIMIT);
    long begun = System.nanoTime();
    try (ScheduledExecutorService load = Executors.newScheduledThreadPool(2)) {
      ScheduledFuture<?> pushing =
          load.scheduleAtFixedRate(() -> push(pushes), 0, PUSH_MILLIS, TimeUnit.MILLISECONDS);
      ScheduledFuture<?> pulling =
          load.scheduleWithFixedDelay(pulls::next, 0, PULL_MILLIS, TimeUnit.MILLISECONDS);
      for (int round = 0; round < ROUNDS; round++) {
        restart.round(round);
      }
      restart.awaitShared();
      pushing.cancel(false);
      pulling.cancel(false);
      load.shutdown();
      assertThat(load.awaitTermination(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
    for (int i = 0; i < REPOSITORIES; i++) {
      push(pushes);
    }
    System.out.printf(
        "TwoOfEachIT: %d pushes, %d pulls, %d of them retried, in %d s%n",
        pushes.done().size(), pulls.done(), pulls.retried(), seconds(begun));
    assertThat(refused).as("pushes that the registry refused").isEmpty();
    assertThat(pulls.failed()).as("pulls that failed twice").isEmpty();
    assertThat(pulls.done()).isPositive();
    for (Pushes.Push push : pushes.done()) {
      outcome.require(push.reference(), push.digest());
    }
    for (Pushes.Push moved : pushes.moved()) {
      outcome.require(moved.reference(), moved.digest());
    }
    outcome.requireCleanTopics();
    new Announcements(new TopicReader(places.kafka(), Cluster.PREFIX)).requireEachOnce();
    assertThat(blobReads(cluster.logs().resolve("registry.log")))
        .isNotEmpty()
        .allSatisfy(
            (blob, reads) ->
                assertThat(reads)
                    .as(blob + " is read once by each process that converts")
                    .isLessThanOrEqualTo(CONVERTERS * (1L + ROUNDS)));
    for (String service : List.of("watcher-0", "watcher-1", "converter-0", "converter-1")) {
      assertThat(handled(cluster.health(service))).as("handled by " + service).isPositive();
    }
  }

  /** How often the registry was asked for each blob; only converters ask. */
  private static Map<String, Long> blobReads(Path registryLog) throws IOException {
    try (Stream<String> lines = Files.lines(registryLog)) {
      return lines
          .map(BLOB_READ::matcher)
          .filter(Matcher::find)
          .collect(Collectors.groupingBy(read -> read.group(1), Collectors.counting()));
    }
  }

  private void push(Pushes pushes) {
    try {
      pushes.next();
    } catch (RegistryException e) {
      refused.add(String.valueOf(e.getMessage()));
    }
  }

  /** Records of work topics that a process has handled since its start. */
  private static long handled(int port) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
            .timeout(LIMIT)
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      String page = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
      return RECORDS
          .matcher(page)
          .results()
          .map(MatchResult::group)
          .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    }
  }
}
