package dev.longshore.app.cli;

import static dev.longshore.app.cli.AuditBed.PEOPLE;
import static dev.longshore.app.cli.AuditBed.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.ImageState;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.testing.InTurn;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.SharedTurn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Audit records of decisions, with a Kafka that checks rights. */
@InTurn(SharedTurn.COMMANDS)
class DecisionAuditIT {
  @TempDir static Path folder;
  private static AuditBed bed;

  private final CommandRun command = new CommandRun();

  @BeforeAll
  static void start() throws Exception {
    bed = new AuditBed(folder);
  }

  @AfterAll
  static void stop() {
    bed.close();
  }

  @BeforeEach
  void begin() {
    bed.begin();
  }

  /** The whole way, with the rights of people and no service. */
  @Test
  void whatIsForgottenAndTakenBackAndBroughtBackIsTold() throws Exception {
    RepositoryName repository = bed.registry().name("team/forgotten");
    Descriptor pushed = bed.registry().content().push(repository, "v1", RandomImage.of(9));
    bed.toTags(repository, pushed);
    String digest = pushed.digest().toString();
    String name = repository + ":v1";
    String config = bed.config(PEOPLE);

    assertThat(command.run("forget", name, "-c", config)).isEqualTo(2);
    assertThat(command.err()).contains("--reason");
    assertThat(command.run("forget", name, "--dry-run", "-c", config)).as(command.err()).isZero();
    assertThat(command.out()).contains(digest, "name     " + name + " answers no longer");
    assertThat(bed.news()).isEmpty();

    assertThat(command.run("forget", name, "--reason", "a key", "-c", config))
        .as(command.err())
        .isZero();
    assertThat(command.run("forget", name, "--reason", "a key", "-c", config)).isZero();
    assertThat(command.err()).contains("it was decided before");
    assertThat(command.run("push", name, "-c", config)).isEqualTo(1);
    assertThat(command.err()).contains("forgotten by " + System.getProperty("user.name"), "a key");
    Path saved = bed.folder().resolve("decisions.jsonl");
    assertThat(command.run("export", saved.toString(), "-c", config)).as(command.err()).isZero();
    // Other tests decide, too.
    Files.write(saved, Files.readAllLines(saved).stream().filter(l -> l.contains(digest)).toList());
    assertThat(Files.readString(saved)).contains("\"a key\"").doesNotContain("undone");

    assertThat(command.run("forget", name, "--undo", "--dry-run", "--json", "-c", config))
        .as(command.err())
        .isZero();
    assertThat(json().path("done").asBoolean(true)).isFalse();
    assertThat(command.run("forget", name, "--undo", "--reason", "a test", "--json", "-c", config))
        .as(command.err())
        .isZero();
    assertThat(json().path("done").asBoolean()).isTrue();
    assertThat(json().path("names").get(0).asText()).isEqualTo(name);
    assertThat(command.run("forget", name, "--undo", "--reason", "again", "-c", config))
        .isEqualTo(1);
    assertThat(command.err()).contains("is not forgotten");
    assertThat(command.run("import", saved.toString(), "-c", config)).as(command.err()).isZero();
    assertThat(command.out()).contains("0 of 1 decisions were written");
    Files.writeString(saved, Files.readString(saved).replace("\"id\":\"forget-", "\"id\":\"f-"));
    assertThat(command.run("import", saved.toString(), "--json", "-c", config))
        .as(command.err())
        .isZero();
    assertThat(json().path("written").get(0).path("id").asText()).startsWith("f-");
    assertThat(command.run("export", saved.toString(), "-c", config)).as(command.err()).isZero();
    Files.writeString(saved, Files.readString(saved).replace("\"id\":\"f-", "\"id\":\"g-"));
    assertThat(command.run("export", saved.toString(), "-c", config)).isEqualTo(1);
    assertThat(command.err()).contains("stays as it is");
    assertThat(command.run("export", saved.toString(), "--force", "-c", config)).isZero();
    assertThat(command.run("push", name, "-c", config)).isEqualTo(1);

    assertThat(bed.news())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("at")
        .containsExactly(
            entry("forget", null, name, "decided"),
            entry("forget", null, name, "decided before"),
            entry("forget", null, name, "undone"),
            entry("forget", null, name, "failed"),
            entry("import", null, "decisions", "0 written"),
            entry("import", null, "decisions", "1 written"));
  }

  @Test
  void whoIsToLookAgainIsToldTheDigest() throws Exception {
    RepositoryName repository = bed.registry().name("library/nginx");
    ImageState image = Samples.image(7);
    Descriptor top = new Descriptor(image.mediaType(), image.digest(), 1234);
    bed.toTags(repository, top);
    bed.write(image);
    String name = repository + ":v1";
    List<String> words =
        List.of("forget", name, "--timeout", "0", "-c", bed.config(PEOPLE), "--reason");

    assertThat(run(words, "a\nkey")).isEqualTo(2);
    assertThat(command.err()).contains("--reason: has control characters");
    assertThat(run(words, "a key")).isEqualTo(3);

    assertThat(command.err())
        .contains("look again with 'longshore forget " + image.digest() + " --reason TEXT'");
  }

  private int run(List<String> words, String last) {
    return command.run(Stream.concat(words.stream(), Stream.of(last)).toArray(String[]::new));
  }

  /** What a command prints with {@code --json}. */
  private JsonNode json() throws IOException {
    return new JsonMapper().readTree(command.out());
  }

  @Test
  void whatIsDecidedOfAPeerIsToldAndCanBeTakenBack() throws Exception {
    String config = bed.config(PEOPLE);

    assertThat(command.run("peer", "hold", "b", "--reason", "disk", "-c", config)).isEqualTo(1);
    assertThat(command.err()).contains("peer: b (expected: one of peers that keeps copies: a)");
    assertThat(bed.news()).isEmpty();
    assertThat(command.run("peer", "hold", "a", "--for", "4h", "--reason", "disk", "-c", config))
        .as(command.err())
        .isZero();
    assertThat(command.out()).startsWith("a gets no new copies until ");
    assertThat(command.run("peer", "unhold", "a", "--reason", "new disk", "-c", config))
        .as(command.err())
        .isZero();
    assertThat(command.out()).startsWith("taken back: hold-a-");
    assertThat(command.run("peer", "drain", "a", "--reason", "old", "-c", config)).isZero();
    assertThat(command.out()).contains("0 copies (0 B) move from a");
    assertThat(command.run("peer", "undrain", "a", "--reason", "new", "-c", config)).isZero();
    assertThat(command.run("plan", "moves", "-c", config)).isZero();
    assertThat(command.out()).contains("nothing would move");
    assertThat(command.run("guard", "list", "-c", config)).isZero();
    assertThat(command.out()).contains("no guard stops anything");
    assertThat(command.run("guard", "confirm", "lost-1", "--reason", "x", "-c", config))
        .isEqualTo(1);

    assertThat(bed.news())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("at")
        .containsExactly(
            entry("peer hold", null, "a", "decided"),
            entry("peer unhold", null, "a", "undone"),
            entry("peer drain", null, "a", "decided"),
            entry("peer undrain", null, "a", "undone"));
  }
}
