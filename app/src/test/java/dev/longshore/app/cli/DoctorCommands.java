package dev.longshore.app.cli;

import static dev.longshore.app.cli.CommandBed.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.app.LongshoreProcess.Ended;
import dev.longshore.oci.testing.HttpRegistry;
import dev.longshore.oci.testing.HttpRegistryOptions;
import dev.longshore.oci.testing.InMemoryRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the doctor finds; a part of {@link CommandsIT}. */
abstract class DoctorCommands extends QueryCommands {
  @Test
  void theDoctorFindsNothingWrongWithARunThatWorks() throws Exception {
    JsonNode told = json(0, bed.run("doctor", "--json"));

    assertThat(told.get("wrong").asInt()).isZero();
    assertThat(told.get("findings").findValuesAsText("part"))
        .contains("configuration", "secrets", "kafka", "registry local", "notifications local")
        .contains("libdeflate", "kubo peer-1", "kubo resolver", "swarm", "port health.listen");
    assertThat(told.toString())
        .contains("held by Longshore, process ", "a private swarm", "refused, as it must be")
        .contains(" topics, as Longshore needs them", "some came", "blocks as Kubo lays them");
  }

  @Test
  void aStartLogsWhatTheDoctorSaysOfTheNodesThatItCalls() throws Exception {
    String said =
        bed.runSmall("doctor").lines().stream()
            .filter(line -> line.contains("folder resolver.kubo-repository"))
            .findFirst()
            .orElseThrow()
            .replaceFirst("^warning +", "");

    bed.awaitSmallLog(said, PATIENCE.dividedBy(2));
  }

  @Test
  void theDoctorNamesEachPartThatIsWrongAndHowToMendIt() throws Exception {
    try (HttpRegistry closed =
        HttpRegistry.start(
            new InMemoryRegistry(),
            HttpRegistryOptions.plain().withLogin(_ -> Optional.of("Basic realm=\"test\"")))) {
      Path password = Files.writeString(folder.resolve("password"), "hunter2");
      String settings =
          Files.readString(bed.small)
              .replace("topic-prefix: small.", "topic-prefix: absent.")
              .replace(
                  "host: \"" + CommandBed.AWAY + "\"",
                  "host: \"%s\", credentials: {username: us, password-file: \"%s\"}"
                      .formatted(closed.host(), password))
              .replace("127.0.0.1:" + bed.ports.kuboRpc(2), CommandBed.AWAY);
      Path file = Files.writeString(folder.resolve("ill.yaml"), settings);

      Ended ended = bed.run("doctor", "--config", file.toString());

      assertThat(ended.exitCode()).as(ended.err()).isEqualTo(1);
      List<String> wrong =
          ended.lines().stream().filter(line -> line.startsWith("wrong ")).toList();
      assertThat(wrong)
          .anyMatch(line -> line.contains("absent.pins: does not exist; create it: longshore"))
          .anyMatch(line -> line.contains("registry away") && line.contains("correct credentials"))
          .anyMatch(line -> line.contains("kubo peer-2") && line.contains("correct rpc of peer"))
          .noneMatch(line -> line.contains("kubo peer-1") || line.contains("registry local"));
      assertThat(ended.out()).doesNotContain("hunter2");
    }
  }
}
