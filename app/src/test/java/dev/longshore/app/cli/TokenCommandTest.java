package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.app.query.find.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenCommandTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private String file = "";

  @BeforeEach
  void name() {
    file = folder.resolve("tokens.yaml").toString();
  }

  private int run(String... arguments) {
    out.reset();
    err.reset();
    return LongshoreCommand.run(
        arguments,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void printsTheTokenOnceWithTheEntryThatStandsForIt() {
    assertThat(run("token", "new", "edge", "--pull", "team/*", "--look-up", "--expires", "90d"))
        .isZero();

    assertThat(out().lines().toList())
        .satisfies(lines -> assertThat(lines.getFirst()).matches("longshore_[A-Za-z0-9_-]{43}"))
        .contains(
            "  - name: \"edge\"", "    scopes: [pull, look-up]", "    repositories: [\"team/*\"]")
        .anyMatch(line -> line.matches("    sha256: [0-9a-f]{64}"))
        .anyMatch(line -> line.startsWith("    expires: 20"));
  }

  @Test
  void addsTheEntryToAFileAndListsWhatThatHas() throws Exception {
    assertThat(run("token", "new", "edge", "--pull", "team/*", "--file", file)).isZero();
    String token = out().strip();
    assertThat(run("token", "new", "prometheus", "--metrics", "--file", file)).isZero();

    assertThat(run("token", "list", "--file", file)).isZero();
    assertThat(out().lines())
        .containsExactly("edge: pull of team/*", "prometheus: metrics", "2 callers");

    assertThat(run("token", "list", "--file", file, "--json")).isZero();
    JsonNode listed = new ObjectMapper().readTree(out()).get("tokens");
    assertThat(listed.get(0).get("name").asText()).isEqualTo("edge");
    assertThat(listed.get(0).get("repositories").get(0).asText()).isEqualTo("team/*");
    assertThat(Files.readString(Path.of(file))).doesNotContain(token);
  }

  @Test
  void forAPersonOrAGroupThereIsAnEntryAndNoToken() throws Exception {
    assertThat(run("token", "new", "login", "--speak-for", "--file", file)).isZero();
    assertThat(run("token", "new", "alice", "--person", "alice@example.com", "--pins")).isZero();
    assertThat(out().lines())
        .containsExactly(
            "  - name: \"alice\"", "    person: \"alice@example.com\"", "    scopes: [pins]");
    for (String[] whom :
        new String[][] {{"alice", "--person", "alice@example.com"}, {"ops", "--group", "Ops"}}) {
      assertThat(
              run("token", "new", whom[0], whom[1], whom[2], "--look-up", "team/*", "--file", file))
          .isZero();
      assertThat(out()).isEmpty();
      assertThat(err()).contains("tokens.yaml has the entry of " + whom[0]);
    }
    assertThat(run("token", "new", "all", "--group", "all", "--health", "--json")).isZero();
    assertThat(new ObjectMapper().readTree(out()).fieldNames())
        .toIterable()
        .containsExactly("name", "entry");

    assertThat(run("token", "list", "--file", file)).isZero();
    assertThat(out().lines())
        .containsExactly(
            "login: speak-for",
            "alice (person alice@example.com): look-up of team/*",
            "ops (group Ops): look-up of team/*",
            "3 callers");
    assertThat(run("token", "list", "--file", file, "--json")).isZero();
    JsonNode listed = new ObjectMapper().readTree(out()).get("tokens");
    assertThat(listed.get(1).get("person").asText()).isEqualTo("alice@example.com");
    assertThat(listed.get(2).get("group").asText()).isEqualTo("Ops");
  }

  @Test
  void saysWhatThereCannotBe() {
    assertThat(run("token", "new", "edge")).isEqualTo(ExitCode.USAGE.code());
    assertThat(err()).contains("scopes: expected one at least");
    assertThat(run("token", "new", "edge", "--look-up")).isEqualTo(ExitCode.USAGE.code());
    assertThat(err()).contains("repositories: none");
    assertThat(run("token", "new", "edge", "--metrics", "--expires", "soon"))
        .isEqualTo(ExitCode.USAGE.code());
    assertThat(err()).contains("is not a duration");
    assertThat(run("token", "new", "edge", "--person", "a", "--group", "b", "--pins"))
        .isEqualTo(ExitCode.USAGE.code());
    assertThat(run("token", "new", "edge", "--person", "a", "--speak-for"))
        .isEqualTo(ExitCode.USAGE.code());
    assertThat(err()).contains("speaks for nobody else");
    assertThat(run("token", "list", "--file", file)).isEqualTo(ExitCode.ERROR.code());
    assertThat(err()).contains("tokens.yaml", "there is no such file");
  }
}
