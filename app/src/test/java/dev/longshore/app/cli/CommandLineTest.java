package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
  private final CommandRun command = new CommandRun();
  private String config = "";

  @BeforeEach
  void settings() throws Exception {
    config = Files.writeString(folder.resolve("longshore.yaml"), SETTINGS).toString();
  }

  @Test
  void explainsTheRuleOfAnImageForPeopleAndMachines() throws Exception {
    assertThat(command.run("explain", "127.0.0.1:5055/team/app:1", "--config", config)).isZero();
    assertThat(command.out()).contains("rule 1").contains("copies 2");

    assertThat(command.run("explain", "localhost:5055/team/app", "--json", "-c", config)).isZero();
    JsonNode json = new ObjectMapper().readTree(command.out());
    assertThat(json.get("image").asText()).isEqualTo("localhost:5055/team/app:latest");
    assertThat(json.get("copies").asInt()).isEqualTo(2);
    assertThat(json.get("platforms").get(0).asText()).isEqualTo("linux/arm64");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bogus", "explain", "up --bogus", "service nothing", "push", "explain a//b"})
  void saysInOneSentenceWhatIsWrongWithTheCommandLine(String line) {
    int code =
        command.run((line + (line.startsWith("explain ") ? " -c " + config : "")).split(" "));

    assertThat(code).as(command.err()).isEqualTo(2);
    assertThat(command.out()).isEmpty();
    assertThat(command.err()).startsWith("longshore: ").doesNotContain("\tat ");
    assertThat(command.err().strip().lines()).hasSize(1);
  }

  @Test
  void namesEverythingThatIsWrongWithSettingsByLine() throws Exception {
    Path wrong =
        Files.writeString(
            folder.resolve("wrong.yaml"), "kafka:\n  bootstrap-server: x\nrules: [{copies: 0}]\n");

    assertThat(command.run("config", "check", "--config", wrong.toString())).isEqualTo(1);
    assertThat(command.out())
        .contains("wrong.yaml:2")
        .contains("bootstrap-server")
        .contains("wrong.yaml:3");

    assertThat(command.run("config", "check", "--config", config)).isZero();
    assertThat(command.out()).contains("nothing is wrong");
  }

  @Test
  void showsNoSecretInErrorsAndLogs() throws Exception {
    Path secret = Files.writeString(folder.resolve("token"), "hunter2-token\n");
    Path file =
        Files.writeString(
            folder.resolve("secrets.yaml"),
            SETTINGS + "health: {credentials: {token-file: '" + secret + "'}}\n");

    assertThat(command.run("explain", "a//hunter2-token", "-c", file.toString())).isEqualTo(2);
    LoggerFactory.getLogger("test").error("it was {}", "hunter2-token");
    assertThat(command.err()).contains("a//***", "it was ***").doesNotContain("hunter2");
  }

  @Test
  void refusesModesThatThisReleaseDoesNotHave() {
    assertThat(command.run("push", "localhost:5055/team/app:1", "--mode", "bogus", "-c", config))
        .isEqualTo(2);
    assertThat(command.out()).isEmpty();
    assertThat(command.err()).startsWith("longshore: mode: bogus (expected: ").hasLineCount(1);
  }

  @Test
  void listsEverySettingWithItsDefault() {
    assertThat(command.run("config", "table")).isZero();
    assertThat(command.out())
        .contains("| `kafka.topic-prefix` | `longshore.` |")
        .contains("`resolver.listen`")
        .contains("| `watcher.webhooks` | `{listen: 127.0.0.1:5052}` | [listener](#listener) |");
  }

  @Test
  void printsTheCommandsThatSetUpKafka() {
    assertThat(command.run("topics", "--config", config)).isZero();
    assertThat(command.out())
        .contains("--create --if-not-exists --topic longshore.hints")
        .contains("--topic longshore.pins")
        .contains("cleanup.policy=compact")
        .contains("kafka-acls.sh");
  }

  @Test
  void printsACompletionScriptThatKnowsTheCommands() {
    assertThat(command.run("completion")).isZero();
    assertThat(command.out()).contains("complete -F").contains("explain").contains("--port-offset");
  }

  @Test
  void tellsItsVersion() {
    assertThat(command.run("version")).isZero();
    assertThat(command.out()).startsWith("longshore ");
  }
}
