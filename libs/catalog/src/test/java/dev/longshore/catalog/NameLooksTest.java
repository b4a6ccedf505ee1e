package dev.longshore.catalog;

import static dev.longshore.catalog.testing.Samples.forget;
import static dev.longshore.catalog.testing.Samples.image;
import static dev.longshore.catalog.testing.Samples.pin;
import static dev.longshore.catalog.testing.Samples.tag;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.NameLooks.Change;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.testing.ManualClock;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which names were looked at stays in the file, with what changed since. */
class NameLooksTest {
  private final ManualClock clock = new ManualClock(Samples.NOW);
  private final RecordLog log = new RecordLog();
  @TempDir Path dir;
  private Catalog catalog;

  @BeforeEach
  void open() {
    catalog = Catalog.open(dir.resolve("catalog.db"), clock);
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void nothingIsNotedWhereNobodyLooksAtNames() {
    put(tag("a", "1", 1), image(1), pin(1, 3, 1));
    assertThat(changes()).isEmpty();

    catalog.looks().watch();
    put(image(2));
    assertThat(changes()).containsExactly(Topic.IMAGES);
  }

  @Test
  void marksAndChangesAreThereAfterARestart() {
    mark(3, "by these");
    put(tag("a", "1", 1), image(1), forget("f", 1));
    restart();

    assertThat(catalog.looks().marked("by these")).containsExactly(3);
    assertThat(catalog.looks().marked("by others")).isEmpty();
    assertThat(changes()).containsExactly(Topic.TAGS, Topic.IMAGES, Topic.DECISIONS);
  }

  /** Whoever writes the next record finds the mark in the file. */
  @Test
  void afterARestartChangesAreNotedAlthoughNobodyLooksYet() {
    mark(3, "by these");
    restart();
    put(tag("a", "1", 1));

    assertThat(changes()).containsExactly(Topic.TAGS);
  }

  @Test
  void ofCopiesOnlyTheFirstThatIsVerifiedAndTheEndAreChanges() {
    catalog.looks().watch();
    put(pin(1, 3, 0));
    assertThat(changes()).as("none yet").isEmpty();
    put(pin(1, 3, 1));
    assertThat(changes()).as("the first").containsExactly(Topic.PINS);
    settleAll();
    put(pin(1, 3, 2), pin(1, 3, 3));
    assertThat(changes()).as("further ones").isEmpty();
    catalog.writer().apply(List.of(log.delete(Topic.PINS, pin(1, 3, 3).key())));
    assertThat(changes()).as("the end").containsExactly(Topic.PINS);
  }

  @Test
  void copiesThatAreGoneBeforeAnyWasVerifiedAreAChange() {
    catalog.looks().watch();
    put(pin(1, 3, 0));
    put(gone(pin(1, 3, 0)));
    assertThat(changes()).containsExactly(Topic.PINS);
    settleAll();
    put(gone(pin(1, 3, 0)));
    assertThat(changes()).isEmpty();
  }

  private static PinState gone(PinState pin) {
    return new PinState(
        pin.imageDag(),
        0,
        List.of(),
        null,
        true,
        pin.changedAt(),
        0,
        0,
        null,
        null,
        null,
        PinPhase.GONE,
        pin.changedAt());
  }

  @Test
  void aRecordThatEndsIsAChange() {
    catalog.looks().watch();
    put(image(1));
    settleAll();
    catalog.writer().apply(List.of(log.delete(Topic.IMAGES, image(1).key())));

    assertThat(catalog.looks().after(0, 9)).extracting(Change::key).containsExactly(image(1).key());
  }

  /** A reader that has passed an id never misses what comes after it. */
  @Test
  void aChangeOfTheSameRecordComesAgainWithAGreaterIdEvenAfterAllWereSettled() {
    catalog.looks().watch();
    put(tag("a", "1", 1));
    long first = catalog.looks().after(0, 9).getLast().id();
    settleAll();
    put(tag("a", "1", 2));
    assertThat(catalog.looks().after(first, 9)).hasSize(1);

    long second = catalog.looks().after(0, 9).getLast().id();
    catalog.looks().settle(List.of(first), List.of(), first);
    assertThat(catalog.looks().after(0, 9)).extracting(Change::id).containsExactly(second);
  }

  @Test
  void aNameThatWaitsForItsRecordStaysUntilThatIsThere() {
    catalog.looks().watch();
    put(image(1));
    Change change = catalog.looks().after(0, 9).getLast();
    Map<String, Long> ids =
        catalog.looks().settle(List.of(change.id()), List.of("a:1"), change.id());
    restart();

    assertThat(catalog.looks().after(0, 9))
        .containsExactly(new Change(ids.get("a:1"), Topic.TAGS, "a:1"));
  }

  /** Else a record that came quickly would be waited for. */
  @Test
  void aNameThatHasChangedSinceItWasLookedAtDoesNotWait() {
    catalog.looks().watch();
    put(image(1));
    Change change = catalog.looks().after(0, 9).getLast();
    put(tag("a", "1", 1));
    Change later = catalog.looks().after(change.id(), 9).getLast();

    assertThat(catalog.looks().settle(List.of(change.id()), List.of(later.key()), change.id()))
        .isEmpty();
    assertThat(catalog.looks().after(0, 9)).containsExactly(later);
  }

  @Test
  void aRebuildEndsAllMarks() {
    mark(3, "by these");
    catalog.writer().startAgain(false);
    assertThat(catalog.looks().marked("by these")).isEmpty();

    long before = catalog.looks().ended();
    mark(3, "by these");
    catalog.writer().complete(Samples.NOW);
    assertThat(catalog.looks().marked("by these")).as("what it dropped").isEmpty();
    assertThat(catalog.looks().mark(3, "by these", before)).as("looked at before").isFalse();
    assertThat(catalog.looks().marked("by these")).isEmpty();
  }

  @Test
  void aCompleteLookEndsNoMark() {
    catalog.writer().complete(Samples.NOW);
    mark(3, "by these");
    catalog.writer().complete(Samples.NOW.plusSeconds(9));

    assertThat(catalog.looks().marked("by these")).containsExactly(3);
  }

  @Test
  void otherRulesEndTheMarksByThese() {
    mark(3, "by these");
    mark(4, "by others");
    catalog.looks().endOthers("by others");

    assertThat(catalog.looks().marked("by these")).isEmpty();
    assertThat(catalog.looks().marked("by others")).isEqualTo(Set.of(4));
  }

  @Test
  void tooManyChangesBecomeALookAtAllNames() {
    try (Store store = Store.inMemory()) {
      NameLooks looks = new NameLooks(store, 3);
      looks.watch();
      assertThat(looks.mark(3, "by these", looks.ended())).isTrue();
      CatalogWriter writer = new CatalogWriter(store, new ChangeListeners(), looks, clock);
      writer.apply(List.of(log.put(image(1)), log.put(image(2)), log.put(image(3))));
      assertThat(looks.marked("by these")).containsExactly(3);

      writer.apply(List.of(log.put(image(4)), log.put(image(5))));
      assertThat(looks.marked("by these")).isEmpty();
      assertThat(looks.after(0, 9)).isEmpty();
    }
  }

  private void mark(int partition, String rules) {
    assertThat(catalog.looks().mark(partition, rules, catalog.looks().ended())).isTrue();
  }

  private void restart() {
    close();
    open();
  }

  private void settleAll() {
    var _ =
        catalog
            .looks()
            .settle(catalog.looks().after(0, 99).stream().map(Change::id).toList(), List.of(), 0);
  }

  private List<Topic> changes() {
    return catalog.looks().after(0, 99).stream().map(Change::topic).toList();
  }

  private void put(State... states) {
    catalog.writer().apply(List.of(states).stream().map(log::put).toList());
  }
}
