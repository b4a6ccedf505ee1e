package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Hint;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryClient;
import dev.longshore.oci.registry.RegistryConfig;
import dev.longshore.oci.registry.RegistryPusher;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.source.RequestBudget;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.oci.testing.RegistryDaemon;
import dev.longshore.programs.Tools;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.testing.RandomImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Polls of the CNCF registry, which has no referrers API. */
@Timeout(120)
class PollIT {
  /** In CI a few pages of the registry's list; 10,000 at night. */
  private static final int TAGS = Integer.getInteger("longshore.tags", 1_500);

  private static final int REPOSITORIES = Integer.getInteger("longshore.repositories", 100);
  private static final int PER_SECOND = 200;

  @TempDir Path folder;
  private RegistryDaemon daemon;
  private final Catalog catalog = Catalog.inMemory(Clock.systemUTC());
  private final List<Hint> hints = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    daemon = RegistryDaemon.start(folder);
  }

  @AfterEach
  void stop() throws Exception {
    daemon.close();
    catalog.close();
  }

  @Test
  void asksOnceForEachTagOfManyPages() throws Exception {
    Descriptor image = push("wide", "t0");
    addTags(image);
    long before = requests();

    int found = poll("wide");

    assertThat(found).isEqualTo(TAGS);
    long pages = TAGS / 500L + 1;
    assertThat(requests() - before)
        .as("one HEAD for each tag, the pages of the list, one question for referrers")
        .isBetween((long) TAGS, TAGS + pages + 1);
  }

  @Test
  void pollsManyRepositoriesWithinTheBudget() throws Exception {
    push("many0", "t0");
    Path repositories = folder.resolve("data/docker/registry/v2/repositories");
    for (int i = 1; i < REPOSITORIES; i++) {
      copy(repositories.resolve("many0"), repositories.resolve("many" + i));
    }
    ImageSource images =
        new RegistryClient(registries()).within(RequestBudget.perSecond(PER_SECOND));
    WatchedHub hub = new WatchedHub(daemon.host(), images);
    List<Hint> found = new CopyOnWriteArrayList<>();
    PollSchedule polls =
        hub.polls(
            hub.polled("many*"),
            found::add,
            CatalogBarrier.AT_HAND,
            new Endpoints(hub.clock, (_, _) -> {}, new Random(1)));
    long before = requests();
    CompletableFuture<Void> all = polls.request();

    long began = System.nanoTime();
    polls.start();
    all.get();
    Duration time = Duration.ofNanos(System.nanoTime() - began);
    polls.stop();
    hub.catalog.close();

    assertThat(found).hasSize(REPOSITORIES);
    long requests = requests() - before;
    LoggerFactory.getLogger(PollIT.class)
        .info("{} repositories: {} requests in {}", REPOSITORIES, requests, time);
    assertThat(requests)
        .as("the list, and for each repository its tags, a HEAD and one question for referrers")
        .isBetween(3L * REPOSITORIES, 3L * REPOSITORIES + REPOSITORIES / 100 + 1);
    assertThat(time)
        .isGreaterThan(Duration.ofSeconds(1).multipliedBy(requests - 1).dividedBy(PER_SECOND));
  }

  private static void copy(Path from, Path to) throws Exception {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  @Test
  void findsTheListOfSignaturesThatAClientKeepsUnderATag() throws Exception {
    Descriptor image = push("signed", "v1");
    Path file = Files.writeString(folder.resolve("signature"), "signed");
    Tools.ofProject()
        .run(
            "oras",
            "attach",
            "--plain-http",
            "--disable-path-validation",
            "--artifact-type",
            "application/vnd.example.signature",
            daemon.host() + "/signed@" + image.digest(),
            file + ":text/plain");

    assertThat(poll("signed")).isEqualTo(2);

    assertThat(hints)
        .extracting(hint -> new String(hint.bytes(), StandardCharsets.UTF_8))
        .anySatisfy(body -> assertThat(body).contains("sha256-" + image.digest().hex()));
  }

  private Descriptor push(String repository, String tag) throws Exception {
    InMemoryRegistry source = new InMemoryRegistry();
    RepositoryName name = daemon.name(repository);
    source.push(name, tag, RandomImage.of(1));
    return new RegistryPusher(registries(), ClientSettings.defaults())
        .push(source, Reference.tagged(name, tag), name, tag);
  }

  /** Writes what the registry writes for a tag, as so many pushes would take minutes. */
  private void addTags(Descriptor image) throws Exception {
    Path tags = folder.resolve("data/docker/registry/v2/repositories/wide/_manifests/tags");
    String link = image.digest().toString();
    assertThat(tags.resolve("t0/current/link")).hasContent(link);
    for (int i = 1; i < TAGS; i++) {
      Path current = Files.createDirectories(tags.resolve("t" + i + "/current"));
      Files.writeString(current.resolve("link"), link);
    }
  }

  private long requests() throws Exception {
    return daemon.requests().size();
  }

  private int poll(String repository) throws Exception {
    var registry =
        new WatchedRegistry(
            "real",
            daemon.host(),
            new RegistryClient(registries()),
            new RepositoryPatterns(List.of(repository)));
    return new Poll(
            registry,
            catalog,
            new MirrorScope(() -> new Rules(List.of()), false),
            hints::add,
            Clock.systemUTC())
        .look(
            repository,
            Optional.empty(),
            RepositoryComparison.Progress.UNHEARD,
            true,
            (_, _, _) -> true)
        .found();
  }

  private Registries registries() {
    return Registries.of(RegistryConfig.of(daemon.host()));
  }
}
