package dev.longshore.app.cli;

import static dev.longshore.catalog.testing.Samples.digest;
import static dev.longshore.catalog.testing.Samples.forget;
import static dev.longshore.catalog.testing.Samples.undone;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.Decision;
import dev.longshore.events.Decision.Confirm;
import dev.longshore.events.Decision.Drain;
import dev.longshore.events.Decision.Forget;
import dev.longshore.events.Decision.Hold;
import dev.longshore.events.Decision.Rest;
import dev.longshore.events.DecisionState;
import dev.longshore.events.State;
import dev.longshore.model.PeerName;
import dev.longshore.model.SiteName;
import dev.longshore.testing.ManualClock;
import java.io.BufferedReader;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is exported and imported, over catalogs in memory. */
class DecisionLinesTest {
  private static final Instant NOW = Samples.NOW;

  @TempDir Path folder;

  private final RecordLog log = new RecordLog();
  private final ManualClock clock = new ManualClock(Samples.NOW);
  private final Catalog catalog = Catalog.inMemory(clock);

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void linesThatWereExportedAreImportedOnce() throws Exception {
    put(forget("a", 1), undone(forget("b", 2)));
    List<String> lines = DecisionLines.write(catalog.decisions());
    assertThat(lines).hasSize(2);
    List<DecisionState> read = read(String.join("\n", lines) + "\n\n");
    assertThat(read).containsExactly(forget("a", 1), undone(forget("b", 2)));

    try (Catalog other = Catalog.inMemory(clock)) {
      List<DecisionState> written = new ArrayList<>();
      other.writer().apply(List.of(new RecordLog().put(forget("a", 1))));
      List<String> said = new ArrayList<>();
      List<DecisionState> told =
          ImportCommand.write(read, other.decisions(), written::add, said::add);
      assertThat(told).isEqualTo(written).containsExactly(undone(forget("b", 2)));
      assertThat(said)
          .containsExactly(
              "there    a version 1", "written  b version 2", "1 of 2 decisions were written");
      assertThat(ImportCommand.json(read, told).toString())
          .isEqualTo("{\"decisions\":2,\"written\":[{\"id\":\"b\",\"version\":2}]}");
    }
  }

  @Test
  void nothingIsImportedIfALineIsWrong() throws Exception {
    String good = line(forget("a", 1));
    String unknown = good.replace("\"forget\"", "\"redecorate\"");
    assertThatThrownBy(() -> read(good + "\nnonsense\n" + unknown + "\n"))
        .isInstanceOf(CommandException.class)
        .hasMessageStartingWith("nothing was imported: line 2: ")
        .hasMessageContaining("line 3: decision a is of a kind that this release does not know");
  }

  @Test
  void whatNoCommandWritesIsNotImported() throws Exception {
    requireRefused("id: ", forget(" ", 1));
    requireRefused("id: ", forget("a".repeat(201), 1));
    requireRefused("id: a?b ", forget("a\u009bb", 1));
    requireRefused("version: 1000001 ", with(forget("a", 1), 1_000_001, "alice", "why"));
    requireRefused("version: 0 ", with(forget("a", 1), 0, "alice", "why"));
    requireRefused("by: al?ice ", with(forget("a", 1), 1, "al\u0007ice", "why"));
    requireRefused("reason: w?hy ", with(forget("a", 1), 1, "alice", "w\nhy"));
    requireRefused(
        "undone.by: b?b ", forget("a", 1).undone(new DecisionState.Undone("b\u001bb", "", NOW)));
    requireRefused(
        "undone.reason: n?o ",
        forget("a", 1).undone(new DecisionState.Undone("bob", "n\u007fo", NOW)));
    requireRefused(
        "until: ",
        DecisionState.of("a", forget("a", 1).decision().orElseThrow(), "alice", "why", NOW, NOW));
    requireRefused(
        "forget.digests: 401 ",
        decided("a", new Forget("app:1", Collections.nCopies(Forget.LIMIT + 1, digest(1)))));
  }

  /** None of them could be brought back by anything else. */
  @Test
  void eachKindOfDecisionIsTheSameAfterwards() throws Exception {
    PeerName peer = new PeerName("a");
    List<Decision> each =
        List.of(
            new Forget("app:1", List.of(digest(1), digest(2))),
            new Hold(peer, null),
            new Hold(null, new SiteName("north")),
            new Drain(peer, new PeerName("b")),
            new Confirm("left-1", 3, List.of(peer)),
            new Confirm("moves", 20),
            new Rest("registry.test"));
    assertThat(each)
        .as("a kind without an example")
        .extracting(Object::getClass)
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .contains((Object[]) Decision.class.getPermittedSubclasses());
    for (Decision decision : each) {
      DecisionState lasting = decided("one", decision);
      Instant end = decision instanceof Forget ? null : NOW.plusSeconds(60);
      DecisionState ending = DecisionState.of("two", decision, "bob", "for now", NOW, end);
      DecisionState over = ending.undone(new DecisionState.Undone("eve", "done", NOW));
      for (DecisionState state : List.of(lasting, ending, over)) {
        assertThat(read(line(state))).containsExactly(state);
      }
    }
  }

  /** A peer may have any name. */
  @Test
  void whatIsDecidedOfAPeerOfAnyNameCanBeImported() throws Exception {
    for (String name : List.of("rack 3/ä", "a:b", "\uD83D\uDEA2")) {
      DecisionState drain =
          decided(
              "drain-%s-%s".formatted(name, UUID.randomUUID()),
              new Drain(new PeerName(name), null));
      assertThat(read(line(drain))).containsExactly(drain);
    }
  }

  /** Kafka was lost, and its topics were created anew. */
  @Test
  void theOnlyBackupIsNotReplacedByLess() throws Exception {
    Path file = folder.resolve("decisions.jsonl");
    put(forget("a", 1), undone(forget("b", 2)));
    assertThat(ExportCommand.write(catalog.decisions(), file, false)).isEqualTo(2);
    assertThat(ExportCommand.write(catalog.decisions(), file, false)).as("again").isEqualTo(2);
    List<String> backup = Files.readAllLines(file);

    try (Catalog emptied = Catalog.inMemory(clock)) {
      emptied.writer().apply(List.of(new RecordLog().put(forget("b", 2))));
      assertThatThrownBy(() -> ExportCommand.write(emptied.decisions(), file, false))
          .isInstanceOf(CommandException.class)
          .hasMessageContaining("stays as it is: it has what Kafka lacks (a; b)")
          .hasMessageContaining("'longshore import " + file + "'");
      assertThat(Files.readAllLines(file)).isEqualTo(backup);
      assertThat(folder).isDirectoryNotContaining("glob:**.part");
      assertThat(ExportCommand.write(emptied.decisions(), file, true)).isEqualTo(1);
      assertThat(Files.readAllLines(file)).containsExactly(line(forget("b", 2)));
    }
  }

  @Test
  void aFileOfAnotherKindIsNotReplaced() throws Exception {
    Path file = Files.writeString(folder.resolve("notes"), "milk\n");
    assertThatThrownBy(() -> ExportCommand.write(catalog.decisions(), file, false))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("line 1, which is no decision");
    assertThat(file).hasContent("milk\n");
  }

  @Test
  void aDecisionOfALaterReleaseFailsTheExportThatWouldLoseIt() throws Exception {
    put(
        forget("a", 1),
        new DecisionState("pause-1", 1, "kim", "why", NOW, null, null, null, null, null, null));
    Path file = folder.resolve("decisions.jsonl");
    assertThatThrownBy(() -> ExportCommand.write(catalog.decisions(), file, true))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("pause-1 is of a kind that this release does not know")
        .hasMessageContaining("a later one");
    assertThat(file).doesNotExist();
  }

  @Test
  void whatATerminalObeysIsWrittenAsJsonCanWriteIt() throws Exception {
    DecisionState decision = with(forget("a", 1), 1, "alice", "a\u009b\u001b[2J\u007f\\key");
    String line = line(decision);
    assertThat(line).contains("a\\u009b\\u001B[2J\\u007f\\\\key").matches("\\P{Cntrl}*");
    assertThatThrownBy(() -> read(line)).hasMessageContaining("reason: a??[2J?\\key ");
  }

  private String line(DecisionState decision) throws CommandException {
    try (Catalog one = Catalog.inMemory(clock)) {
      one.writer().apply(List.of(new RecordLog().put(decision)));
      return DecisionLines.write(one.decisions()).getFirst();
    }
  }

  private void requireRefused(String why, DecisionState decision) throws CommandException {
    String line = line(decision);
    assertThatThrownBy(() -> read(line))
        .as(why)
        .isInstanceOf(CommandException.class)
        .hasMessageStartingWith("nothing was imported: line 1: " + why);
  }

  private static DecisionState decided(String id, Decision decision) {
    return DecisionState.of(id, decision, "alice", "why", NOW, null);
  }

  private static DecisionState with(DecisionState d, int version, String by, String reason) {
    return new DecisionState(
        d.id(),
        version,
        by,
        reason,
        d.decidedAt(),
        d.until(),
        d.undone(),
        d.forget(),
        d.hold(),
        d.drain(),
        d.confirm());
  }

  private static List<DecisionState> read(String text) throws Exception {
    return DecisionLines.read(new BufferedReader(new StringReader(text)));
  }

  private void put(State... states) {
    catalog.writer().apply(List.of(states).stream().map(log::put).toList());
  }
}
