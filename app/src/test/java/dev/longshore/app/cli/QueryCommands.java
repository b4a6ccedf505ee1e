package dev.longshore.app.cli;

import static dev.longshore.app.cli.CommandBed.json;
import static dev.longshore.app.cli.CommandBed.sentence;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.app.LongshoreProcess.Ended;
import dev.longshore.runtime.testing.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What people ask; a part of {@link CommandsIT}. */
abstract class QueryCommands extends RunningCommands {
  /** Where nothing listens. */
  private static final String NOBODY = "127.0.0.1:1";

  private static final String READS = "Kafka is read, as no service answered: ";

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
    assertThat(bed.run("status").out()).contains("images", "copies", "waits    pinner", "peer-3");
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
}
