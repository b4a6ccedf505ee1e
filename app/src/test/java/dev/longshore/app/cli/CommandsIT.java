package dev.longshore.app.cli;

import static dev.longshore.app.cli.CommandBed.json;
import static dev.longshore.app.cli.CommandBed.sentence;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.app.LongshoreProcess.Ended;
import dev.longshore.model.Reference;
import dev.longshore.oci.Descriptor;
import dev.longshore.programs.Command;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.RandomImage;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people and scripts type, against real programs: output, errors, exit codes. */
class CommandsIT extends DoctorCommands {
  @Test
  void pushPrintsTheRootAloneAndEverythingElseElsewhere() throws Exception {
    Ended again = bed.run("push", app.toString());
    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(again.lines()).containsExactly(root);
    assertThat(root).matches("baf[a-z2-7]+");
    assertThat(again.err()).contains("peer-1: verified", "peer-2: verified", "peer-3: verified");
    assertThat(again.err()).doesNotContain("\u001b");

    JsonNode json = json(0, bed.run("push", app.toString(), "--json"));
    assertThat(json.get("complete").asBoolean()).isTrue();
    assertThat(json.get("conversions").get(0).get("root").asText()).isEqualTo(root);
  }

  @Test
  void pushKeepsThePlatformThatIsAskedFor() throws Exception {
    Reference both = bed.name("team/both", "1");
    bed.toRegistry(both, RandomImage.of(SEED + 3, TWO_PLATFORMS));
    Ended one = bed.run("push", both.toString(), "--platform", "linux/arm64");
    assertThat(one.exitCode()).as(one.err()).isZero();
    assertThat(one.lastLine()).isNotEqualTo(bed.run("push", both.toString()).lastLine());

    JsonNode found = json(0, bed.run("resolve", one.lastLine(), "--json"));
    JsonNode conversion = found.get("conversions").get(0);
    assertThat(conversion.get("platforms")).hasSize(1);
    assertThat(conversion.get("platforms").get(0).asText()).isEqualTo("linux/arm64");
    String absent =
        sentence(1, bed.runSmall("push", both.toString(), "--platform", "linux/riscv64"));
    assertThat(absent).contains("linux/riscv64");
  }

  @ParameterizedTest
  @CsvSource({
    "--mode bogus, mode: bogus",
    "--platform a/b/c/d/e, a/b/c/d/e",
    "--recipient jwe:key.pem, --recipient: nothing is encrypted",
    "--timeout soon, soon",
    "--bogus, --bogus",
    "another, another"
  })
  void pushRefusesWhatItCannotDoBeforeItAsksAnybody(String options, String named) throws Exception {
    Ended refused = bed.run(("push " + app + " " + options).split(" "));
    assertThat(sentence(2, refused)).contains(named);
    assertThat(refused.err()).doesNotContain("looking up");
  }

  @Test
  void whatIsNotThereIsAnErrorThatNamesIt() throws Exception {
    Reference unknown = bed.name("team/other", "1");
    assertThat(sentence(1, bed.run("push", unknown.toString()))).contains("team/other", "404");
    assertThat(sentence(1, bed.run("push", "registry.invalid/app:1")))
        .contains("registry.invalid", "registries");
    assertThat(sentence(1, bed.run("push", CommandBed.AWAY + "/app:1", "-c", bed.small.toString())))
        .contains(CommandBed.AWAY);
    assertThat(sentence(1, bed.run("resolve", unknown.toString()))).contains("longshore why");
    assertThat(json(1, bed.run("resolve", "sha256:" + "0".repeat(64), "--json")).get("conversions"))
        .isEmpty();
    assertThat(sentence(2, bed.run("resolve", "a//b"))).contains("a//b");

    JsonNode why = json(3, bed.run("why", unknown.toString(), "--json"));
    assertThat(why.get("stage").asText()).isEqualTo("not-hinted");
    assertThat(why.get("nextTry").get("atLatest").asBoolean()).isTrue();
    assertThat(why.get("nextTry").get("inSeconds").asInt()).isEqualTo(2_400);
  }

  @Test
  void syncPrintsWhatDiffersAndHasItMirrored() throws Exception {
    Reference fresh = bed.name("team/sync", "1");
    bed.toRegistry(fresh, RandomImage.of(SEED + 7));
    Ended dry =
        bed.runSmall("sync", bed.name("team/sync", "latest").name().toString(), "--dry-run");
    assertThat(dry.exitCode()).as(dry.err()).isZero();
    assertThat(dry.lines()).containsExactly("new   " + fresh);

    JsonNode sent = json(0, bed.runSmall("sync", fresh.name().toString(), "--json"));
    assertThat(sent).hasSize(1);
    assertThat(sent.get(0).get("change").asText()).isEqualTo("new");
    assertThat(sent.get(0).get("image").asText()).isEqualTo(fresh.toString());

    Ended same = null;
    for (long end = System.nanoTime() + PATIENCE.toNanos(); System.nanoTime() < end; ) {
      same = bed.runSmall("sync", fresh.name().toString(), "--dry-run");
      if (same.lines().isEmpty()) {
        break;
      }
    }
    assertThat(same.exitCode()).as(same.err()).isZero();
    assertThat(same.lines()).as("it was mirrored meanwhile").isEmpty();
    assertThat(same.err()).contains("nothing differs");

    assertThat(sentence(2, bed.runSmall("sync"))).contains("no registry is polled", "REPO");
    Ended absent = bed.runSmall("sync", bed.name("team/absent", "1").name().toString());
    assertThat(absent.exitCode()).as(absent.err()).isEqualTo(3);
    assertThat(absent.err()).contains("team/absent could not be compared", "404");
    assertThat(sentence(1, bed.runSmall("sync", CommandBed.AWAY + "/app")))
        .contains(CommandBed.AWAY);
  }

  @Test
  void aPlanReadsTheRegistryAndRefusesWhatHasTooFewPeers() throws Exception {
    Reference fresh = bed.name("team/planned", "1");
    RandomImage image = RandomImage.of(SEED + 8, TWO_PLATFORMS);
    Descriptor there = bed.toRegistry(fresh, image);

    JsonNode plan = json(3, bed.runSmall("plan", "backfill", fresh.name().toString(), "--json"));

    assertThat(plan.get("images").asInt()).isEqualTo(1);
    assertThat(plan.get("blobs").asInt()).isEqualTo(image.blobs().size());
    assertThat(plan.get("blobBytes").asLong()).isEqualTo(image.blobBytes());
    assertThat(plan.get("imagesWithTooFewPeers").asInt()).as("two for three copies").isEqualTo(1);
    assertThat(plan.at("/peers/0/bytes").asLong()).isGreaterThan(image.blobBytes());
    assertThat(plan.at("/peers/0/free").asLong()).as("as the peer says").isPositive();
    assertThat(plan.at("/registries/0/manifests").asInt()).isEqualTo(image.manifests().size());
    assertThat(bed.runSmall("resolve", there.digest().toString()).exitCode())
        .as("a plan has nothing mirrored")
        .isEqualTo(1);

    JsonNode done = json(0, bed.run("plan", "backfill", app.name().toString(), "--json"));
    assertThat(done.get("images").asInt()).isZero();
    assertThat(done.get("mirrored").asInt()).isPositive();

    JsonNode away = json(3, bed.runSmall("plan", "backfill", CommandBed.AWAY + "/app", "--json"));
    assertThat(away.get("notSeen").asInt()).isEqualTo(1);
  }

  @Test
  void replayListsDeadLettersAndHasThemHandledAgain() throws Exception {
    Reference large = bed.name("team/large", "1");
    bed.toRegistry(large, RandomImage.of(SEED + 1));
    String failed = sentence(1, bed.runSmall("push", large.toString()));
    assertThat(failed).contains("convert", "team/large");

    String key = large.toString();
    JsonNode letter = letter(key).orElseThrow();
    assertThat(letter.get("topic").asText()).isEqualTo("observed");
    assertThat(letter.get("replayable").asBoolean()).isTrue();
    assertThat(bed.runSmall("replay").out()).contains(key, "IMAGE_TOO_BIG", " dead letters");
    assertThat(bed.runSmall("why", large.toString()).out())
        .contains("error  convert of", "next   only by a new push or 'longshore replay'");

    Ended again = bed.runSmall("replay", key);
    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(again.out()).contains("sent again", "1 sent again");
    // The rule is as it was, so it failed again, as another letter.
    JsonNode another =
        Eventually.answer(PATIENCE, () -> letter(key), Optional::isPresent).orElseThrow();
    assertThat(another.get("failedAt").asText()).isGreaterThan(letter.get("failedAt").asText());

    JsonNode sent = json(0, bed.runSmall("replay", "--all", "--json")).get("sent");
    assertThat(sent.findValuesAsText("key")).contains(key);
    assertThat(sentence(1, bed.runSmall("replay", "no-such-key"))).contains("no-such-key");
  }

  private static Optional<JsonNode> letter(String key) throws Exception {
    JsonNode waiting = json(0, bed.runSmall("replay", "--json")).get("waiting");
    return StreamSupport.stream(waiting.spliterator(), false)
        .filter(letter -> letter.get("key").asText().equals(key))
        .findFirst();
  }

  @Test
  void aForgottenImageIsRefusedUntilThatIsTakenBack() throws Exception {
    Reference secret = bed.name("team/secret", "1");
    Descriptor top = bed.toRegistry(secret, RandomImage.of(SEED + 4));
    String name = secret.toString();
    assertThat(bed.run("push", name).exitCode()).isZero();
    assertThat(bed.pull(secret.name(), top.digest()).exitCode()).isZero();

    Ended forgotten = bed.run("forget", name, "--reason", "it had a password");
    assertThat(forgotten.exitCode()).as(forgotten.err()).isZero();
    assertThat(forgotten.out()).contains(", gone");
    Command.Ended refused = bed.pull(secret.name(), top.digest());
    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.err()).contains("DENIED", "was forgotten on").doesNotContain("password");

    Ended undone = bed.run("forget", name, "--undo", "--reason", "it was another");
    assertThat(undone.exitCode()).as(undone.err()).isZero();
    Eventually.answer(
        PATIENCE, () -> bed.pull(secret.name(), top.digest()), again -> again.exitCode() == 0);
    assertThat(bed.run("resolve", name).exitCode()).isZero();
  }

  @Test
  void logLinesOfServicesNameTheirTraceAndNoSecret() throws Exception {
    Reference large = bed.name("team/large", "logged");
    bed.toRegistry(large, RandomImage.of(SEED + 2));
    assertThat(bed.runSmall("push", large.toString()).exitCode()).isEqualTo(1);

    String line =
        bed.smallLog()
            .lines()
            .filter(one -> one.contains("team/large:logged failed for good"))
            .findFirst()
            .orElseThrow();
    JsonNode entry = new ObjectMapper().readTree(line);
    assertThat(entry.get("level").asText()).isEqualTo("WARN");
    assertThat(entry.get("trace_id").asText()).matches("[0-9a-f]{32}").doesNotMatch("0+");
    String token = Files.readString(bed.home.resolve("webhook-token")).strip();
    assertThat(bed.smallLog()).doesNotContain(token);
    assertThat(Files.readString(bed.home.resolve("logs").resolve("longshore.log")))
        .doesNotContain(token);
  }

  @Test
  void webhookTestHearsOfWhatComesToTheWatcher() throws Exception {
    try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Ended> trial =
          thread.submit(
              () ->
                  bed.runSmall(
                      "webhook", "distribution", "--registry", "away", "--test", "--wait", "60"));
      // When it begins to wait, only it knows.
      Eventually.await(
          "it hears of one",
          () -> {
            try {
              bed.notifyOfAway("pull", "trial/app", "v1");
            } catch (Exception e) {
              throw new AssertionError(e);
            }
            return trial.isDone();
          });
      assertThat(trial.get().out())
          .as(trial.get().err())
          .startsWith("arrived   distribution: nothing about a push or deletion");
      assertThat(trial.get().exitCode()).isEqualTo(3);
    }
  }

  @Test
  void twoRunsOfOneHomeOrPortAreRefusedByName() throws Exception {
    assertThat(sentence(1, bed.runSmall("up"))).contains("is in use by process", "LONGSHORE_HOME");
    Ended taken = bed.runSmall("service", "resolver", "--set", "home=" + folder.resolve("third"));
    assertThat(taken.exitCode()).isEqualTo(1);
    assertThat(taken.err())
        .contains("cannot listen on 127.0.0.1:", "free the port or configure another");
    String offset = String.valueOf(bed.ports.offset());
    Ended demo = bed.run("demo", "--port-offset", offset);
    assertThat(sentence(1, demo)).contains("is taken", "--port-offset");
  }
}
