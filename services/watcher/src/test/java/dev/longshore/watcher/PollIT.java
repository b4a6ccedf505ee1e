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
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.oci.testing.RegistryDaemon;
import dev.longshore.programs.Tools;
import dev.longshore.rules.Rules;
import dev.longshore.testing.RandomImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Polls of the CNCF registry, which has no referrers API. */
@Timeout(120)
class PollIT {
  private static final int TAGS = 10_000;

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
  void asksOnceForEachOfTenThousandTags() throws Exception {
    Descriptor image = push("wide", "t0");
    addTags(image);
    long before = requests();

    int found = poll("wide");

    assertThat(found).isEqualTo(TAGS);
    long pages = TAGS / 500 + 1;
    assertThat(requests() - before)
        .as("one HEAD for each tag, the pages of the list, one question for referrers")
        .isBetween((long) TAGS, TAGS + pages + 1);
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

  /** Writes what the registry writes for a tag, as ten thousand pushes would take minutes. */
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
            new MirrorScope(new Rules(List.of()), false),
            hints::add,
            Clock.systemUTC())
        .look(repository, Optional.empty(), RepositoryLook.Progress.UNHEARD)
        .found();
  }

  private Registries registries() {
    return Registries.of(RegistryConfig.of(daemon.host()));
  }
}
