package dev.longshore.catalog;

import static dev.longshore.catalog.testing.Samples.digest;
import static dev.longshore.catalog.testing.Samples.image;
import static dev.longshore.catalog.testing.Samples.pin;
import static dev.longshore.catalog.testing.Samples.tag;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.Topic;
import dev.longshore.testing.ManualClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogFileTest {
  private final ManualClock clock = new ManualClock(Samples.NOW);
  private final RecordLog log = new RecordLog();
  @TempDir Path dir;

  @Test
  void rowsPositionsAndAgeAreThereAfterARestart() {
    try (Catalog catalog = open()) {
      bring(catalog, log.put(tag("a", "1", 1, 2)));
      bring(catalog, log.put(image(1)));
      catalog.writer().topicIds(Map.of(Topic.TAGS, "id-1"));
      catalog.writer().complete(Samples.NOW.plusSeconds(3));
    }
    try (Catalog catalog = open()) {
      assertThat(catalog.tags().withDigest(digest(2))).containsExactly(tag("a", "1", 1, 2));
      assertThat(catalog.conversions().ofDigest(digest(1))).containsExactly(image(1));
      assertThat(catalog.writer().positions()).isEqualTo(log.ends());
      assertThat(catalog.writer().topicIds()).isEqualTo(Map.of(Topic.TAGS, "id-1"));
      assertThat(catalog.completeAt()).contains(Samples.NOW.plusSeconds(3));
    }
  }

  @Test
  void lookupsRunBesideAnUnfinishedTransactionAndSeeNothingOfIt() {
    try (Store store = Store.open(dir.resolve("catalog.db"))) {
      int seen =
          store.write(
              session -> {
                insert(session, "half");
                return store.read(
                    other ->
                        other.first("SELECT COUNT(*) FROM meta", row -> row.getInt(1)).orElse(-1));
              });
      assertThat(seen).isZero();
    }
  }

  @Test
  void aFailedTransactionLeavesNothing() {
    try (Store store = Store.open(dir.resolve("catalog.db"))) {
      assertThatThrownBy(
              () ->
                  store.write(
                      session -> {
                        insert(session, "one");
                        return session.update("INSERT INTO nowhere VALUES (1)");
                      }))
          .isInstanceOf(CatalogException.class)
          .hasMessageContaining("catalog.db")
          .hasMessageContaining("nowhere");
      assertThat(store.<List<String>>read(s -> s.list("SELECT name FROM meta", r -> "row")))
          .isEmpty();
    }
  }

  /** A process that dies leaves the files as they are at that moment, transaction and all. */
  @Test
  void filesOfAProcessThatDiedWithinABatchHoldTheBatchBefore() throws IOException {
    Path copy = dir.resolve("after");
    CatalogRecord first = log.put(pin(1, 3, 1));
    CatalogRecord second = log.put(pin(1, 3, 2));
    try (Catalog catalog = open()) {
      bring(catalog, first);
    }
    try (Store store = Store.open(dir.resolve("catalog.db"))) {
      store.write(
          session -> {
            var _ = new BatchWriter(session, new NameLooks(store)).apply(batch(second));
            copyFiles(copy);
            return true;
          });
    }
    try (Catalog catalog = Catalog.open(copy.resolve("catalog.db"), clock)) {
      assertThat(catalog.pins().of(pin(1, 3, 1).imageDag())).contains(pin(1, 3, 1));
      assertThat(catalog.writer().positions()).containsExactly(Map.entry(partition(first), 1L));
    }
    try (Catalog catalog = open()) {
      assertThat(catalog.pins().of(pin(1, 3, 1).imageDag())).contains(pin(1, 3, 2));
      assertThat(catalog.writer().positions()).containsExactly(Map.entry(partition(first), 2L));
    }
  }

  @Test
  void ofADeletionNothingStaysOnceTheSourceHasBroughtIt() {
    CatalogRecord state = log.put(tag("a", "1", 1));
    CatalogRecord deletion = log.delete(Topic.TAGS, state.key());
    try (Catalog catalog = open()) {
      catalog.writer().apply(List.of(state));
      catalog.writer().apply(List.of(deletion));
      bring(catalog, deletion);
    }
    try (Store store = Store.open(dir.resolve("catalog.db"))) {
      for (String table : List.of("tags", "tag_history", "graves")) {
        long rows =
            store.read(
                s -> s.first("SELECT COUNT(*) FROM " + table, r -> r.getLong(1)).orElse(-1L));
        assertThat(rows).as(table).isZero();
      }
    }
  }

  @Test
  void aLookByDigestGoesThroughAnIndexOnceAllIsRead() {
    try (Catalog catalog = open()) {
      bring(catalog, log.put(image(1)));
      assertThat(planOfALookByDigest()).contains("SCAN images");

      catalog.writer().complete(Samples.NOW);

      assertThat(planOfALookByDigest()).contains("USING INDEX images_by_digest");
      assertThat(catalog.conversions().ofDigest(digest(1))).containsExactly(image(1));
    }
  }

  @Test
  void aLookByDigestGoesThroughAnIndexWhileTheSourceIsAway() {
    try (Catalog catalog = open()) {
      bring(catalog, log.put(image(1)));

      catalog.writer().prepareToServe();

      assertThat(planOfALookByDigest()).contains("USING INDEX images_by_digest");
    }
  }

  @Test
  void whetherARepositoryHoldsADigestIsOneLookHoweverManyOthersDo() {
    try (Catalog catalog = open()) {
      catalog.writer().prepareToServe();
    }
    try (Store store = Store.open(dir.resolve("catalog.db"))) {
      List<String> plan =
          store.read(
              s ->
                  s.list(
                      "EXPLAIN QUERY PLAN SELECT 1 WHERE " + Repositories.holding("?1"),
                      row -> row.getString(4)));

      assertThat(plan)
          .anyMatch(step -> step.contains("tags_by_digest (digest=? AND key>? AND key<?)"))
          .anyMatch(step -> step.contains("tag_history_by_digest (digest=? AND key>? AND key<?)"))
          .noneMatch(step -> step.startsWith("SCAN t"));
    }
  }

  @Test
  void whichImagesAreForARepositoryIsOneLookHoweverManyHaveThem() {
    try (Catalog catalog = open()) {
      catalog.writer().prepareToServe();
    }
    assertThat(plan("digest = ?1 AND " + Repositories.isFor("images", "?2")))
        .anyMatch(step -> step.contains("images_by_digest (digest=? AND place=?)"))
        .anyMatch(step -> step.contains("SEARCH o ") && step.contains("(digest=? AND place=?)"))
        .noneMatch(step -> step.startsWith("SCAN"));
    assertThat(plan(Conversions.heldBy("image_dag")))
        .anyMatch(step -> step.contains("images_by_dag (image_dag=? AND place=?)"));
  }

  @Test
  void conversionsAreFoundByWhatTheyAreLookedUpBy() {
    try (Catalog catalog = open()) {
      catalog.writer().prepareToServe();
    }
    assertThat(plan(Conversions.conversionsBy("digest")))
        .anyMatch(step -> step.contains("images_by_digest (digest=?)"));
    assertThat(plan(Conversions.conversionsBy("image_dag")))
        .anyMatch(step -> step.contains("images_by_dag (image_dag=?)"));
    assertThat(plan(Conversions.conversionsBy("root")))
        .anyMatch(step -> step.contains("images_by_root (root=?)"));
    assertThat(plan(Conversions.conversionsBy("own_digest")))
        .anyMatch(step -> step.contains("images_by_own_digest (own_digest=?)"));
  }

  @Test
  void sumsNeedNoSorting() {
    try (Catalog catalog = open()) {
      catalog.writer().prepareToServe();
    }
    assertThat(plan("(SELECT 1 FROM " + TotalsQuery.IMAGES + ")"))
        .anyMatch(step -> step.contains("USING COVERING INDEX images_sizes"))
        .noneMatch(step -> step.contains("B-TREE"));
  }

  @Test
  void whatIsDueOrHasNoCopyIsFoundWithoutReadingAllThatIsNot() {
    try (Catalog catalog = open()) {
      catalog.writer().prepareToServe();
    }
    assertThat(plan("copies", CopyStates.DUE))
        .anyMatch(step -> step.contains("copies_by_next_try"));
    assertThat(plan("pins", Pins.BELOW)).anyMatch(step -> step.contains("pins_by_copies"));
    assertThat(steps(Fleet.OLDEST_IN_DANGER))
        .anyMatch(step -> step.contains("pins_in_danger (partition=? AND whole_once=?)"))
        .noneMatch(step -> step.contains("B-TREE"));
    assertThat(steps(Fleet.OLDEST_SHORT))
        .anyMatch(step -> step.contains("pins_short_since (partition=?)"))
        .noneMatch(step -> step.contains("B-TREE"));
  }

  @Test
  void whatIsKnownOfManyImageDagsIsFoundWithoutReadingAllNamesOrImages() {
    try (Catalog catalog = open()) {
      catalog.writer().prepareToServe();
    }
    assertThat(steps(Conversions.NAMES))
        .anyMatch(step -> step.contains("SEARCH i USING INDEX images_by_dag (image_dag>?"))
        .anyMatch(step -> step.contains("SEARCH t USING INDEX tags_by_digest (digest=?)"))
        .anyMatch(step -> step.contains("tag_history_by_digest (digest=?)"))
        .noneMatch(step -> step.contains("SCAN"));
    assertThat(steps(Conversions.PLACES))
        .anyMatch(step -> step.contains("images_by_dag (image_dag>?"))
        .noneMatch(step -> step.contains("SCAN"));
  }

  @Test
  void whichImagesAreShortOfCopiesTheIndexTellsWithoutTheirRecords() {
    try (Catalog catalog = open()) {
      catalog.writer().prepareToServe();
    }
    assertThat(plan("pins", Pins.WORST_SHORT))
        .anyMatch(step -> step.contains("USING COVERING INDEX pins_short (short_since>?)"))
        .anyMatch(step -> step.contains("SEARCH pins USING INTEGER PRIMARY KEY (rowid=?)"))
        .noneMatch(step -> step.contains("SCAN"));
  }

  private List<String> plan(String where) {
    return plan("images", where);
  }

  private List<String> plan(String table, String where) {
    return steps("SELECT body FROM " + table + " WHERE " + where);
  }

  private List<String> steps(String query) {
    try (Store store = Store.open(dir.resolve("catalog.db"))) {
      return store.read(s -> s.list("EXPLAIN QUERY PLAN " + query, row -> row.getString(4)));
    }
  }

  private String planOfALookByDigest() {
    try (Store store = Store.open(dir.resolve("catalog.db"))) {
      return store.read(
          s ->
              s.first(
                      "EXPLAIN QUERY PLAN SELECT body FROM images WHERE digest = 'd'",
                      row -> row.getString(4))
                  .orElse(""));
    }
  }

  private Catalog open() {
    return Catalog.open(dir.resolve("catalog.db"), clock);
  }

  private void copyFiles(Path to) {
    try {
      Files.createDirectories(to);
      for (String name : List.of("catalog.db", "catalog.db-wal", "catalog.db-shm")) {
        if (Files.exists(dir.resolve(name))) {
          Files.copy(dir.resolve(name), to.resolve(name));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void insert(Session session, String name) throws SQLException {
    session.update("INSERT INTO meta (name, value) VALUES (?, 'x')", name);
  }

  private static void bring(Catalog catalog, CatalogRecord record) {
    catalog.writer().apply(batch(record));
  }

  private static Batch batch(CatalogRecord record) {
    return new Batch(List.of(record), Map.of(partition(record), record.offset() + 1));
  }

  private static Partition partition(CatalogRecord record) {
    return new Partition(record.topic(), record.partition());
  }
}
