package dev.longshore.app.cli;

import static dev.longshore.app.cli.AuditBed.LIMIT;
import static dev.longshore.app.cli.AuditBed.LOOKER;
import static dev.longshore.app.cli.AuditBed.PEOPLE;
import static dev.longshore.app.cli.AuditBed.PREFIX;
import static dev.longshore.app.cli.AuditBed.SILENT;
import static dev.longshore.app.cli.AuditBed.entry;
import static dev.longshore.runtime.testing.Samples.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Topic;
import dev.longshore.oci.Descriptor;
import dev.longshore.runtime.kafka.record.EventSender;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.HostedSteps;
import dev.longshore.runtime.testing.KafkaBroker;
import dev.longshore.testing.InTurn;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.SharedTurn;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Audit records of pushes and replays, with a Kafka that checks rights. */
@InTurn(SharedTurn.COMMANDS)
class CommandAuditIT {
  @TempDir static Path folder;
  private static AuditBed bed;
  private static Descriptor image;

  private final CommandRun command = new CommandRun();

  @BeforeAll
  static void start() throws Exception {
    bed = new AuditBed(folder);
    image = bed.registry().content().push(bed.registry().name("team/app"), "v1", RandomImage.of(1));
  }

  @AfterAll
  static void stop() {
    bed.close();
  }

  @BeforeEach
  void begin() {
    bed.begin();
  }

  @Test
  void aPushIsToldWithWhoTypedItWhereAndWhatItAskedFor() throws Exception {
    Instant began = Instant.now();

    push(PEOPLE);

    assertThat(bed.news())
        .singleElement()
        .satisfies(entry -> assertThat(entry.at()).isBetween(began, Instant.now()))
        .usingRecursiveComparison()
        .ignoringFields("at")
        .isEqualTo(entry("push", "team/app", reference() + "@" + image.digest(), "sent"));
  }

  @Test
  void aPushThatKafkaRefusesIsToldAsRefused() throws Exception {
    assertThat(push(LOOKER)).isEqualTo(1);

    assertThat(command.err()).contains("give the rights that 'longshore topics' prints");
    assertThat(bed.news())
        .singleElement()
        .usingRecursiveComparison()
        .ignoringFields("at")
        .isEqualTo(entry("push", "team/app", reference() + "@" + image.digest(), "refused"));
  }

  @Test
  void whatIsNotInTheRegistryIsAskedOfNobodyAndNotTold() throws Exception {
    assertThat(
            command.run("push", bed.registry().name("team/none") + ":v1", "-c", bed.config(PEOPLE)))
        .isEqualTo(1);

    assertThat(bed.news()).isEmpty();
  }

  @Test
  void aReplayIsToldWithItsKeyAndHowManyCameOfIt() throws Exception {
    String key = deadLetter("replayed");

    assertThat(command.run("replay", key, "-c", bed.config(PEOPLE))).as(command.err()).isZero();
    assertThat(command.run("replay", key, "-c", bed.config(PEOPLE))).isEqualTo(1);

    assertThat(bed.news())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("at")
        .containsExactly(
            entry("replay", null, key, "1 sent again"), entry("replay", null, key, "0 sent again"));
  }

  @Test
  void aReplayThatKafkaRefusesIsToldAsFailed() throws Exception {
    String key = deadLetter("refused");

    assertThat(command.run("replay", key, "-c", bed.config(LOOKER))).isEqualTo(1);

    assertThat(bed.news())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("at")
        .containsExactly(entry("replay", null, key, "failed"));
  }

  @Test
  void whoMayNotWriteTheLogIsToldSoAndTheWorkIsDone() throws Exception {
    push(SILENT);

    assertThat(command.err()).contains("the audit log lacks it", "asked for");
    assertThat(bed.news()).isEmpty();
  }

  @Test
  void nothingIsToldWhereTheTopicIsOff() throws Exception {
    push(PEOPLE, "--set", "telemetry.audit-topic=false");

    assertThat(command.err()).contains("asked for").doesNotContain("audit");
    assertThat(bed.news()).isEmpty();
  }

  /** Nobody mirrors here, so that it ends when it has waited. */
  private int push(String user, String... more) throws IOException {
    List<String> words =
        new ArrayList<>(List.of("push", reference(), "--timeout", "1", "-c", bed.config(user)));
    words.addAll(List.of(more));
    return command.run(words.toArray(String[]::new));
  }

  private static String reference() {
    return bed.registry().name("team/app") + ":v1";
  }

  /** Has a service fail for good, and returns the key of that. */
  private static String deadLetter(String name) throws Exception {
    var converter = bed.broker().connection("longshore-converter");
    try (HostedSteps services = new HostedSteps(PREFIX, Clock.systemUTC());
        EventSender sender =
            new EventSender(
                bed.broker().connection(KafkaBroker.ADMIN),
                PREFIX,
                "test",
                LIMIT,
                Clock.systemUTC())) {
      services.start(
          converter,
          "converter",
          Topic.OBSERVED,
          (_, _) -> {
            throw new PermanentFailure("DIGEST_MISMATCH", "GET blob: other bytes", null);
          });
      var event = observed(name, 1);
      sender.send(event, "id of " + name);
      Eventually.await("it fails for good", () -> !dead(event.key()).isEmpty());
      return event.key();
    }
  }

  private static List<String> dead(String key) {
    return bed.reader().all(Topic.DEAD).stream()
        .map(record -> String.valueOf(record.key()))
        .filter(key::equals)
        .toList();
  }
}
