package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class CommandLineTest {
  private static final String SETTINGS =
      """
      kafka: {bootstrap-servers: ["127.0.0.1:1"]}
      registries:
        - {name: local, host: "localhost:5055", aliases: ["127.0.0.1:5055"]}
      peers: []
      rules:
        - {match: "localhost:5055/team/**", copies: 2, platforms: [linux/arm64]}
      """;

  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private String config = "";

  @BeforeEach
  void settings() throws Exception {
    config = Files.writeString(folder.resolve("longshore.yaml"), SETTINGS).toString();
  }

  private int run(String... arguments) {
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
  void explainsTheRuleOfAnImageForPeopleAndMachines() throws Exception {
    assertThat(run("explain", "127.0.0.1:5055/team/app:1", "--config", config)).isZero();
    assertThat(out()).contains("rule 1").contains("copies 2");

    out.reset();
    assertThat(run("explain", "localhost:5055/team/app", "--json", "-c", config)).isZero();
    JsonNode json = new ObjectMapper().readTree(out());
    assertThat(json.get("image").asText()).isEqualTo("localhost:5055/team/app:latest");
    assertThat(json.get("copies").asInt()).isEqualTo(2);
    assertThat(json.get("platforms").get(0).asText()).isEqualTo("linux/arm64");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bogus", "explain", "up --bogus", "service nothing", "push", "explain a//b"})
  void saysInOneSentenceWhatIsWrongWithTheCommandLine(String line) {
    int code = run((line + (line.startsWith("explain ") ? " -c " + config : "")).split(" "));

    assertThat(code).as(err()).isEqualTo(2);
    assertThat(out()).isEmpty();
    assertThat(err()).startsWith("longshore: ").doesNotContain("\tat ");
    assertThat(err().strip().lines()).hasSize(1);
  }

  @Test
  void namesEverythingThatIsWrongWithSettingsByLine() throws Exception {
    Path wrong =
        Files.writeString(
            folder.resolve("wrong.yaml"), "kafka:\n  bootstrap-server: x\nrules: [{copies: 0}]\n");

    assertThat(run("config", "check", "--config", wrong.toString())).isEqualTo(1);
    assertThat(out())
        .contains("wrong.yaml:2")
        .contains("bootstrap-server")
        .contains("wrong.yaml:3");

    out.reset();
    assertThat(run("config", "check", "--config", config)).isZero();
    assertThat(out()).contains("nothing is wrong");
  }

  @Test
  void showsNoSecretInErrorsAndLogs() throws Exception {
    Path secret = Files.writeString(folder.resolve("token"), "hunter2-token\n");
    Path file =
        Files.writeString(
            folder.resolve("secrets.yaml"),
            SETTINGS + "health: {credentials: {token-file: '" + secret + "'}}\n");

    assertThat(run("explain", "a//hunter2-token", "-c", file.toString())).isEqualTo(2);
    LoggerFactory.getLogger("test").error("it was {}", "hunter2-token");
    assertThat(err()).contains("a//***", "it was ***").doesNotContain("hunter2");
  }

  @Test
  void refusesModesThatThisReleaseDoesNotHave() {
    assertThat(run("push", "localhost:5055/team/app:1", "--mode", "bogus", "-c", config))
        .isEqualTo(2);
    assertThat(out()).isEmpty();
    assertThat(err()).startsWith("longshore: mode: bogus (expected: ").hasLineCount(1);
  }

  @Test
  void listsEverySettingWithItsDefault() {
    assertThat(run("config", "table")).isZero();
    assertThat(out())
        .contains("| `kafka.topic-prefix` | `longshore.` |")
        .contains("`resolver.listen`")
        .contains("`watcher.webhooks.listen`");
  }

  @Test
  void printsTheCommandsThatSetUpKafka() {
    assertThat(run("topics", "--config", config)).isZero();
    assertThat(out())
        .contains("--create --if-not-exists --topic longshore.hints")
        .contains("--topic longshore.pins")
        .contains("cleanup.policy=compact")
        .contains("kafka-acls.sh");
  }

  @Test
  void saysWhereKafkaWasLookedForWhenItIsAway() {
    assertThat(run("status", "--config", config, "--set", "home=" + folder)).isEqualTo(1);
    assertThat(err()).contains("127.0.0.1:1").contains("longshore up").doesNotContain("\tat ");
  }

  @Test
  void printsACompletionScriptThatKnowsTheCommands() {
    assertThat(run("completion")).isZero();
    assertThat(out()).contains("complete -F").contains("explain").contains("--port-offset");
  }

  @Test
  void tellsItsVersion() {
    assertThat(run("version")).isZero();
    assertThat(out()).startsWith("longshore ");
  }
}
