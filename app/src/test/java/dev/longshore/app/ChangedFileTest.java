package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.settings.FollowedSettings;
import dev.longshore.events.PinState;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.RandomImage;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All services while their settings file changes. */
class ChangedFileTest {
  private static final RepositoryName OTHER = RepositoryName.canonical("localhost:5055/team/other");

  @TempDir Path folder;

  @Test
  void peersAndRulesCountInAllServicesWithoutARestartAndAMistakeChangesNothing() throws Exception {
    try (InMemoryLongshore longshore =
        new InMemoryLongshore(
            folder, "rules: [{match: '**/other', modes: []}, {copies: 2, min-copies: 1}]\n")) {
      Path file = folder.resolve("longshore.yaml");
      String first = Files.readString(file);
      longshore.awaitCopies(longshore.push("1", RandomImage.of(1)), 2);

      Files.writeString(file, first.replace("copies: 2, min", "copies: many, min"));
      Eventually.await("the refusal", () -> longshore.staleness().refused() != null);
      assertThat(longshore.staleness().refused()).contains(file + ":10").contains("copies");
      longshore.awaitCopies(longshore.push("2", RandomImage.of(2)), 2);

      Files.writeString(
          file,
          first
              .replace(
                  "watcher:",
                  """
                    - {name: d, rpc: "http://127.0.0.1:5105", gateway: "http://127.0.0.1:8185"}
                  pinner: {copies-per-peer: 3}
                  watcher:\
                  """)
              .replace("{match: '**/other', modes: []}", "{match: '**/other', copies: 4}"));
      Eventually.await("the change", () -> !longshore.staleness().waiting().isEmpty());
      assertThat(longshore.staleness())
          .returns(null, FollowedSettings.Staleness::refused)
          .satisfies(now -> assertThat(now.waiting()).containsExactly("pinner.copies-per-peer"));

      Descriptor pushed = longshore.registry.push(OTHER, "1", RandomImage.of(3));
      longshore.tell(OTHER, "1", pushed);
      PinState pin = longshore.awaitCopies(pushed, 4);
      assertThat(pin.copies()).extracting(copy -> copy.peer().text()).contains("d");
    }
  }
}
