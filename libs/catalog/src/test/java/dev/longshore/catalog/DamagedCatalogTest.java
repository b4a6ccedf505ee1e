package dev.longshore.catalog;

import static dev.longshore.catalog.testing.Samples.digest;
import static dev.longshore.catalog.testing.Samples.image;
import static dev.longshore.catalog.testing.Samples.tag;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.testing.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file that is damaged, old or of another schema is replaced, and rebuilt without a step back.
 */
class DamagedCatalogTest {
  private static final int PAGE_BYTES = 4096;

  /** What a start writes to. */
  private static final String ROOT_OF_A_START =
      "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name = 'meta'";

  private final ManualClock clock = new ManualClock(Samples.NOW);
  private final RecordLog log = new RecordLog();
  @TempDir Path dir;

  @Test
  void aDamagedFileIsReplacedByAnEmptyOne() throws IOException {
    Files.writeString(dir.resolve("catalog.db"), "this is no database, ".repeat(500));
    try (Catalog catalog = open()) {
      assertThat(catalog.writer().positions()).isEmpty();
      bring(catalog, log.put(image(1)));
      assertThat(catalog.conversions().ofDigest(digest(1))).hasSize(1);
    }
  }

  @Test
  void aFileThatCannotBeOpenedIsSetAside() throws IOException {
    Path file = Files.createDirectory(dir.resolve("catalog.db"));
    Files.createFile(file.resolve("in the way"));
    try (Catalog catalog = open()) {
      bring(catalog, log.put(image(1)));
      assertThat(catalog.conversions().ofDigest(digest(1))).hasSize(1);
    }
    assertThat(dir.resolve("catalog.db.broken")).isDirectory();
  }

  @Test
  void damageThatIsMetLaterIsMendedByTheNextStart() throws IOException {
    try (Catalog catalog = open()) {
      for (int i = 0; i < 1000; i++) {
        bring(catalog, log.put(image(i)));
      }
    }
    try (FileChannel file = FileChannel.open(dir.resolve("catalog.db"), StandardOpenOption.WRITE)) {
      // All but the first pages, with the schema, which a start reads.
      for (long at = 256 * 1024; at < file.size(); at += 4096) {
        file.write(ByteBuffer.allocate(512), at);
      }
    }
    try (Catalog catalog = open()) {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 500; i++) {
                  var _ = catalog.conversions().ofDigest(digest(i));
                }
              })
          .isInstanceOf(CatalogException.class)
          .hasMessageContaining("restart");
    }
    try (Catalog catalog = open()) {
      assertThat(catalog.writer().positions()).isEmpty();
      bring(catalog, log.put(image(1)));
      assertThat(catalog.conversions().ofDigest(digest(1))).hasSize(1);
    }
  }

  @Test
  void damageThatTheStartItselfMeetsIsMendedByThatStart() throws IOException {
    try (Catalog catalog = open()) {
      bring(catalog, log.put(image(1)));
    }
    long page;
    try (Store store = Store.open(dir.resolve("catalog.db"))) {
      page =
          store
              .read(session -> session.first(ROOT_OF_A_START, row -> row.getLong(1)))
              .orElseThrow();
    }
    try (FileChannel file = FileChannel.open(dir.resolve("catalog.db"), StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.allocate(PAGE_BYTES), (page - 1) * PAGE_BYTES);
    }

    try (Catalog catalog = open()) {
      assertThat(catalog.writer().positions()).isEmpty();
      bring(catalog, log.put(image(1)));
      assertThat(catalog.conversions().ofDigest(digest(1))).hasSize(1);
    }
    assertThat(dir.resolve("catalog.db.broken")).isRegularFile();
  }

  @Test
  void aFileOfAnotherSchemaIsReplacedByAnEmptyOne() {
    try (Catalog catalog = open()) {
      bring(catalog, log.put(image(1)));
    }
    try (Store store = Store.open(dir.resolve("catalog.db"))) {
      store.read(session -> session.update("PRAGMA user_version = 4711"));
    }
    try (Catalog catalog = open()) {
      assertThat(catalog.writer().positions()).isEmpty();
      assertThat(catalog.conversions().ofDigest(digest(1))).isEmpty();
    }
  }

  @Test
  void aFolderThatCannotBeMadeIsNamedWithWhatToDo() throws IOException {
    Path file = Files.createFile(dir.resolve("file"));
    assertThatThrownBy(() -> Catalog.open(file.resolve("catalog.db"), clock))
        .isInstanceOf(CatalogException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("check the folder's owner");
  }

  @Test
  void theStoreIsTooOldThirtyDaysAfterTheLastCompleteLook() {
    try (Catalog catalog = open()) {
      clock.advance(Duration.ofDays(29));
      assertThat(catalog.writer().isTooOld()).isFalse();
      catalog.writer().complete(clock.instant());
    }
    clock.advance(Duration.ofDays(30).minusMillis(1));
    try (Catalog catalog = open()) {
      assertThat(catalog.writer().isTooOld()).isFalse();
      clock.advance(Duration.ofMillis(1));
      assertThat(catalog.writer().isTooOld()).isTrue();
      catalog.writer().startAgain(false);
      assertThat(catalog.writer().isTooOld()).isFalse();
    }
  }

  @Test
  void aRebuildKeepsWhatIsKnownUntilItIsDoneThenDropsWhatDidNotComeAgain() {
    CatalogRecord gone = log.put(image(1));
    CatalogRecord stays = log.put(tag("a", "1", 1));
    log.put(tag("b", "1", 1));
    try (Catalog catalog = open()) {
      log.records().forEach(r -> bring(catalog, r));
      catalog.writer().startAgain(false);
      assertThat(catalog.writer().positions()).isEmpty();
      assertThat(catalog.conversions().ofDigest(digest(1))).hasSize(1);
      bring(catalog, stays);
    }
    try (Catalog catalog = open()) {
      assertThat(
              catalog
                  .conversions()
                  .of(digest(1), Samples.recipe(), Samples.name("library/nginx"))
                  .map(i -> i.key()))
          .contains(gone.key());
      catalog.writer().complete(Samples.NOW);
      assertThat(catalog.conversions().ofDigest(digest(1))).isEmpty();
      assertThat(catalog.tags().withDigest(digest(1))).containsExactly(tag("a", "1", 1));
    }
  }

  @Test
  void aRebuildFromTheSameTopicsNeverGoesBackToAnOlderValue() {
    CatalogRecord older = log.put(tag("a", "1", 1));
    CatalogRecord newer = log.put(tag("a", "1", 2, 1));
    try (Catalog catalog = open()) {
      log.records().forEach(r -> bring(catalog, r));
      catalog.writer().startAgain(false);
      bring(catalog, older);
      assertThat(catalog.tags().byKey(older.key())).contains(tag("a", "1", 2, 1));
      bring(catalog, newer);
      catalog.writer().complete(Samples.NOW);
      assertThat(catalog.tags().byKey(older.key())).contains(tag("a", "1", 2, 1));
    }
  }

  @Test
  void offsetsOfNewTopicsAreNotComparedWithThoseOfTheOldOnes() {
    log.put(tag("a", "1", 1));
    log.put(tag("a", "1", 2, 1));
    CatalogRecord inNewTopic = new RecordLog().put(tag("a", "1", 7));
    try (Catalog catalog = open()) {
      log.records().forEach(r -> bring(catalog, r));
      catalog.writer().startAgain(true);
      bring(catalog, inNewTopic);
      catalog.writer().complete(Samples.NOW);
      assertThat(catalog.tags().byKey(inNewTopic.key())).contains(tag("a", "1", 7));
    }
  }

  @Test
  void aRebuildIsToldOfOnceWhenItIsDoneEvenIfTheProcessDiedWithinIt() {
    List<Integer> namesAtTheEnd = new ArrayList<>();
    try (Catalog catalog = open()) {
      bring(catalog, log.put(tag("a", "1", 1)));
      var _ = catalog.onRebuilt(() -> namesAtTheEnd.add(catalog.tags().page(null, 10).size()));
      catalog.writer().complete(Samples.NOW);
      catalog.writer().startAgain(true);
      assertThat(namesAtTheEnd).isEmpty();
    }
    try (Catalog catalog = open()) {
      var _ = catalog.onRebuilt(() -> namesAtTheEnd.add(catalog.tags().page(null, 10).size()));
      catalog.writer().complete(Samples.NOW);
      assertThat(namesAtTheEnd).as("what did not come again is dropped by then").containsExactly(0);

      catalog.writer().complete(Samples.NOW.plusSeconds(10));
      assertThat(namesAtTheEnd).hasSize(1);
    }
  }

  private Catalog open() {
    return Catalog.open(dir.resolve("catalog.db"), clock);
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
