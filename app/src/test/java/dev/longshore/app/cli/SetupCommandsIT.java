package dev.longshore.app.cli;

import static dev.longshore.app.cli.CommandBed.json;
import static dev.longshore.app.cli.CommandBed.sentence;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.app.LongshoreProcess.Ended;
import dev.longshore.events.Topic;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.KafkaBroker;
import dev.longshore.runtime.testing.SharedKafka;
import dev.longshore.testing.InTurn;
import dev.longshore.testing.SharedTurn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands for whoever sets Longshore up, and what all say without it. */
@InTurn(SharedTurn.COMMANDS)
class SetupCommandsIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  /** Ten seconds for Kafka to answer, the rest for a busy machine. */
  private static final Duration AWAY_TOLD_WITHIN = Duration.ofSeconds(15);

  @TempDir Path folder;
  private final String prefix = UUID.randomUUID() + ".";

  private Ended run(String... arguments) throws Exception {
    return HomeCommand.run(folder.resolve("home"), LIMIT, arguments);
  }

  @Test
  void topicsAreCreatedAndCheckedInTheUsersKafka() throws Exception {
    KafkaBroker kafka = SharedKafka.broker();
    Ended missing = topics(kafka, "--check");
    assertThat(missing.exitCode()).isEqualTo(1);
    assertThat(missing.lines()).hasSize(Topic.values().length);
    assertThat(missing.out()).contains(prefix + "hints: does not exist");

    JsonNode created = json(0, topics(kafka, "--create", "--json"));
    assertThat(created.get("created")).hasSize(Topic.values().length);
    assertThat(created.get("problems")).isEmpty();
    assertThat(topics(kafka, "--create").lines())
        .containsExactly("all topics are as Longshore needs them");

    alter(kafka, prefix + "tags", "cleanup.policy", "delete");
    JsonNode problem = json(1, topics(kafka, "--check", "--json")).get("problems").get(0);
    assertThat(problem.get("topic").asText()).isEqualTo(prefix + "tags");
    assertThat(problem.get("what").asText()).contains("cleanup.policy=delete");
    assertThat(problem.get("fix").asText()).contains("kafka-configs.sh");

    JsonNode printed = json(0, topics(kafka, "--json"));
    assertThat(printed.get("creation")).hasSize(Topic.values().length);
    assertThat(printed.get("acls").toString()).contains("User:longshore-cli", prefix + "replay");
  }

  private Ended topics(KafkaBroker kafka, String... options) throws Exception {
    List<String> line = new ArrayList<>(List.of("topics", "--set", "kafka.topic-prefix=" + prefix));
    line.addAll(List.of("--set", "kafka.bootstrap-servers=" + kafka.address()));
    line.addAll(List.of(options));
    return run(line.toArray(String[]::new));
  }

  private static void alter(KafkaBroker kafka, String topic, String key, String value)
      throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    AlterConfigOp set = new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
    try (Admin admin = Admin.create(kafka.connection())) {
      admin
          .incrementalAlterConfigs(Map.of(resource, List.of(set)))
          .all()
          .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      // The controller has it first, and the broker is asked.
      Eventually.await("the broker has it", () -> value(admin, resource, key).equals(value));
    }
  }

  private static String value(Admin admin, ConfigResource resource, String key) {
    try {
      return admin
          .describeConfigs(List.of(resource))
          .all()
          .get(LIMIT.toSeconds(), TimeUnit.SECONDS)
          .get(resource)
          .get(key)
          .value();
    } catch (Exception e) { // whatever Kafka's client throws, the test does not expect it
      throw new AssertionError("asking for " + key + " of " + resource, e);
    }
  }

  @Test
  void configCheckNamesWhatIsWrongByLine() throws Exception {
    Path right = Files.writeString(folder.resolve("longshore.yaml"), "home: here\n");
    assertThat(run("config", "check", "--config", right.toString()).out())
        .contains("longshore.yaml: nothing is wrong");
    assertThat(
            json(0, run("config", "check", "--json", "--config", right.toString())).get("problems"))
        .isEmpty();
    Path wrong = folder.resolve("wrong.yaml");
    Files.writeString(wrong, "kafka:\n  bootstrap-server: x\nrules: [{copies: 0}]\n");
    JsonNode problems =
        json(1, run("config", "check", "--json", "--config", wrong.toString())).get("problems");
    assertThat(problems.findValuesAsText("where")).contains(wrong + ":2", wrong + ":3");
    Ended absent = run("status", "--config", folder.resolve("none.yaml").toString());
    assertThat(absent.exitCode()).isEqualTo(2);
    assertThat(absent.err()).contains("none.yaml").doesNotContain("\tat ");
  }

  @Test
  void completionKnowsCommandsAndOptionsInBash() throws Exception {
    Ended script = run("completion");
    assertThat(script.exitCode()).isZero();
    Path file = Files.writeString(folder.resolve("completion.bash"), script.out());
    Process bash =
        new ProcessBuilder(
                "bash",
                "-c",
                "source '%s'; COMP_WORDS=(longshore expl); COMP_CWORD=1; _complete_longshore;"
                        .formatted(file)
                    + " echo ${COMPREPLY[@]}; COMP_WORDS=(longshore push --pl); COMP_CWORD=2;"
                    + " _complete_longshore; echo ${COMPREPLY[@]}")
            // Outside of a real completion, bash's compopt complains.
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String completed = new String(bash.getInputStream().readAllBytes(), UTF_8);
    assertThat(bash.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(completed.lines()).containsExactly("explain", "--platform");
  }

  private static final String AWAY =
      """
      kafka: {bootstrap-servers: ["127.0.0.1:1"]}
      registries: [{name: local, host: "localhost:5055"}]
      """;

  /** All at once: each waits as long as a Kafka may take to answer. */
  @Test
  void aKafkaThatIsAwayIsToldSoon() throws Exception {
    Path settings = Files.writeString(folder.resolve("away.yaml"), AWAY);
    Map<String, Future<Ended>> running = new LinkedHashMap<>();
    try (ExecutorService people = Executors.newVirtualThreadPerTaskExecutor()) {
      for (String command : List.of("status", "replay", "topics --check")) {
        String[] line = (command + " --config " + settings).split(" ");
        Path home = folder.resolve(line[0]);
        running.put(command, people.submit(() -> HomeCommand.run(home, AWAY_TOLD_WITHIN, line)));
      }
    }
    for (Map.Entry<String, Future<Ended>> command : running.entrySet()) {
      assertThat(sentence(1, command.getValue().get()))
          .as(command.getKey())
          .contains("127.0.0.1:1");
    }
    assertThat(running.get("status").get().err()).contains("longshore up");
  }
}
