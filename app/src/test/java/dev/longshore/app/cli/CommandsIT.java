package dev.longshore.app.cli;

import static dev.longshore.app.cli.CommandBed.json;
import static dev.longshore.app.cli.CommandBed.sentence;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.app.LongshoreProcess.Ended;
import dev.longshore.model.Reference;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.testing.HttpRegistry;
import dev.longshore.oci.testing.HttpRegistryOptions;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.programs.Command;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people and scripts type, against real programs: output, errors, exit codes. */
class CommandsIT {
  private static final long SEED = 20_261_124;

  /** Where nothing listens. */
  private static final String NOBODY = "127.0.0.1:1";

  private static final String READS = "Kafka is read, as no service answered: ";
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final RandomImageOptions TWO_PLATFORMS =
      RandomImageOptions.small().withPlatforms("linux/amd64", "linux/arm64");

  @TempDir static Path folder;
  private static CommandBed bed;

  private static Reference app;
  private static Descriptor pushed;
  private static String root;

  @BeforeAll
  static void start() throws Exception {
    bed = new CommandBed(folder);
    try {
      Ended refused = bed.runSmall("up");
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.err())
          .contains("small.hints: does not exist", "longshore topics --create");
      assertThat(bed.runSmall("topics", "--create").out()).contains("created small.pins");
      bed.startSmall();
      app = bed.name("team/app", "1.0");
      pushed = bed.toRegistry(app, RandomImage.of(SEED, TWO_PLATFORMS));
      Ended push = bed.run("push", app.toString());
      assertThat(push.exitCode()).as(push.err()).isZero();
      root = push.lastLine();
    } catch (Exception | AssertionError e) {
      bed.close();
      throw e;
    }
  }

  @AfterAll
  static void stop() throws Exception {
    bed.close();
  }

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
  void resolveAnswersForNameDigestAndCids() throws Exception {
    JsonNode byName = json(0, bed.run("resolve", app.toString(), "--json"));
    assertThat(byName.get("digest").asText()).isEqualTo(pushed.digest().toString());
    assertThat(byName.get("origin").asText()).isIn("webhook", "push");
    JsonNode conversion = byName.get("conversions").get(0);
    assertThat(conversion.get("mode").asText()).isEqualTo("plain");
    assertThat(conversion.get("wanted").asInt()).isEqualTo(3);
    assertThat(conversion.get("copies")).hasSize(3);
    assertThat(conversion.get("copies").findValuesAsText("status")).containsOnly("verified");

    String dag = conversion.get("imageDag").asText();
    for (String asked : List.of(pushed.digest().toString(), root, "ipfs://" + root, dag)) {
      JsonNode found = json(0, bed.run("resolve", asked, "--json"));
      assertThat(found.get("digest").asText()).isEqualTo(pushed.digest().toString());
      assertThat(found.get("names").get(0).asText()).isEqualTo(app.toString());
    }
    Ended text = bed.run("resolve", app.toString());
    assertThat(text.out()).contains("ipfs://", dag, "3 of 3");
    assertThat(text.err()).isEmpty();
  }

  @Test
  void twoOfThreeCopiesIsIncompleteToEveryCommand() throws Exception {
    Ended push = bed.runSmall("push", app.toString());
    assertThat(push.exitCode()).as(push.err()).isEqualTo(3);
    assertThat(push.lines()).containsExactly(root);
    assertThat(push.err()).contains("2 of 3 copies", "longshore why");

    JsonNode found = json(3, bed.runSmall("resolve", app.toString(), "--json"));
    assertThat(found.get("complete").asBoolean()).isFalse();
    assertThat(found.get("conversions").get(0).get("verified").asInt()).isEqualTo(2);
    assertThat(found.get("conversions").get(0).get("wanted").asInt()).isEqualTo(3);

    JsonNode status = json(3, bed.runSmall("status", "--json"));
    assertThat(status.get("totals").get("imagesShortOfCopies").asInt()).isPositive();
    assertThat(status.get("shortOfCopies").get(0).get("verified").asInt()).isEqualTo(2);

    Ended why = bed.runSmall("why", app.toString());
    assertThat(why.exitCode()).isEqualTo(3);
    assertThat(why.out())
        .contains("short of copies", "2 of 3", "next   under way, or when a peer comes back");
  }

  @Test
  void whyTellsOfARegistryThatIsAwayAndWhenItIsTriedNext() throws Exception {
    bed.hintOfAway("team/far", "1");
    String image = CommandBed.AWAY + "/team/far:1";
    JsonNode why =
        Eventually.answer(
            PATIENCE,
            () -> json(3, bed.runSmall("why", image, "--json")),
            told -> !told.get("errors").isEmpty());

    assertThat(why.get("stage").asText()).isEqualTo("hinted");
    assertThat(why.get("hints").get(0).get("origin").asText()).isEqualTo("webhook");
    assertThat(why.get("rule").asText()).contains("rule 2");
    JsonNode error = why.get("errors").get(0);
    assertThat(error.get("stage").asText()).isEqualTo("observe");
    assertThat(error.get("kind").asText()).isEqualTo("transient");
    assertThat(error.get("endpoint").asText()).isEqualTo("registry " + CommandBed.AWAY);
    assertThat(error.get("attempt").asInt()).isPositive();
    assertThat(error.get("message").asText()).contains(CommandBed.AWAY);
    Instant next = Instant.parse(why.get("nextTry").get("at").asText());
    assertThat(next).isBetween(Instant.now().minus(PATIENCE), Instant.now().plus(PATIENCE));
    assertThat(why.get("nextTry")).isEqualTo(error.get("nextTry"));

    // Told anew at each try that fails.
    JsonNode later =
        Eventually.answer(
            PATIENCE,
            () -> json(3, bed.runSmall("why", image, "--json")),
            told -> isAfter(told, next));
    assertThat(later.get("errors").get(0).get("attempt").asInt())
        .isGreaterThan(error.get("attempt").asInt());
    assertThat(bed.runSmall("why", image).lines().getLast())
        .startsWith("  next ")
        .contains("waits for registry " + CommandBed.AWAY, "Z)");
    assertThat(bed.runSmall("status").out()).contains("trouble  observe of away/team/far");
  }

  private static boolean isAfter(JsonNode why, Instant time) {
    return Instant.parse(why.get("nextTry").get("at").asText()).isAfter(time);
  }

  @Test
  void whyAndExplainTellOfAnImageThatIsThere() throws Exception {
    Ended why = bed.run("why", app.toString());
    assertThat(why.exitCode()).as(why.out()).isZero();
    assertThat(why.out()).contains("it is there", "3 of 3", "rule", "hints");
    assertThat(json(0, bed.run("why", app.toString(), "--json")).get("stage").asText())
        .isEqualTo("there");

    JsonNode rule = json(0, bed.runSmall("explain", bed.name("team/large", "1") + "", "--json"));
    assertThat(rule.get("match").asText()).isEqualTo("*/team/large");
    assertThat(rule.get("explanation").asText()).contains("rule 1");
    sentence(2, bed.run("explain"));
  }

  @Test
  void aServiceAnswersWhatTheCommandWouldReadOutOfKafka() throws Exception {
    for (String question :
        List.of("resolve " + app, "status --json", "status " + root, "why " + app + " --json")) {
      String[] asked = (question + " --debug").split(" ");
      Ended told = until(err -> !err.contains(READS), asked);
      Ended read = bed.run(ownReading(asked));
      assertThat(read.err()).as(question).contains(READS + "http://127.0.0.1:1/v1/query/");
      assertThat(told.out()).as(question).isEqualTo(read.out()).isNotEmpty();
      assertThat(told.exitCode()).as(question).isEqualTo(read.exitCode()).isZero();
    }
    String other = bed.name("team/other", "1").toString();
    Ended unknown = until(err -> !err.contains(READS), "resolve", other, "--debug");
    assertThat(unknown.exitCode()).isEqualTo(1);
    assertThat(unknown.err()).contains("longshore why");
  }

  @Test
  void aServiceOfOtherTopicsIsNotBelieved() throws Exception {
    // The second Longshore knows nothing of it; where it listens, the first one's settings ask.
    String others = "health.listen=127.0.0.1:" + bed.smallHealth();
    Ended read =
        until(
            err -> err.contains("/small., not "),
            "resolve",
            app.toString(),
            "--debug",
            "--set",
            others);
    assertThat(read.exitCode()).as(read.err()).isZero();
    assertThat(read.err()).contains(READS);
  }

  /**
   * Runs the command until what it says on stderr is as expected: a service that is late on a busy
   * machine is not waited for, and Kafka is read then.
   */
  private static Ended until(Predicate<String> expected, String... command) throws Exception {
    return Eventually.answer(PATIENCE, () -> bed.run(command), ended -> expected.test(ended.err()));
  }

  /** The same where no service listens. */
  private static String[] ownReading(String... command) {
    return Stream.concat(Arrays.stream(command), Stream.of("--set", "health.listen=" + NOBODY))
        .toArray(String[]::new);
  }

  @Test
  void peersAreListedAsThePinnerKnowsThem() throws Exception {
    JsonNode peers = json(0, bed.run("peer", "list", "--json")).get("peers");
    assertThat(peers.findValuesAsText("name")).containsExactly("peer-1", "peer-2", "peer-3");
    assertThat(peers.findValuesAsText("state")).containsExactly("up", "up", "up");
    assertThat(peers.findValuesAsText("zone")).containsExactly("zone-1", "zone-2", "zone-3");
    assertThat(bed.run("peer", "list").out()).containsPattern("peer-2 \\(zone-2\\) up for \\d+");
  }

  @Test
  void aSecondStatusReadsOnlyWhatIsNew() throws Exception {
    assertThat(bed.run("status").out()).contains("images", "copies", "lag      pinner", "peer-3");
    String[] status = ownReading("status", "--json");
    JsonNode whole = json(0, bed.run(status));
    assertThat(whole.get("complete").asBoolean()).isTrue();
    assertThat(whole.get("totals").get("tags").asInt()).isPositive();
    assertThat(whole.get("peers").findValues("up")).allMatch(JsonNode::asBoolean);
    assertThat(whole.get("lag").findValuesAsText("service"))
        .containsExactly("watcher", "converter", "pinner");

    Path store = bed.home.resolve("cli").resolve("catalog.db");
    try (Connection file = DriverManager.getConnection("jdbc:sqlite:" + store);
        Statement statement = file.createStatement()) {
      assertThat(statement.executeUpdate("DELETE FROM tags")).isPositive();
    }
    assertThat(json(0, bed.run(status)).get("totals").get("tags").asInt()).isZero();
    for (String file : List.of("catalog.db", "catalog.db-wal", "catalog.db-shm")) {
      Files.deleteIfExists(store.resolveSibling(file));
    }
    assertThat(json(0, bed.run(status)).get("totals").get("tags"))
        .isEqualTo(whole.get("totals").get("tags"));
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
