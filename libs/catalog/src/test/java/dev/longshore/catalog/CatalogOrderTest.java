package dev.longshore.catalog;

import static dev.longshore.catalog.testing.Samples.digest;
import static dev.longshore.catalog.testing.Samples.pin;
import static dev.longshore.catalog.testing.Samples.tag;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.testing.ManualClock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A record may come twice, and a service's own before those of its source. */
class CatalogOrderTest {
  private static final String KEY = tag("a", "1", 1).key();

  private final RecordLog log = new RecordLog();
  private final Catalog catalog = Catalog.inMemory(new ManualClock(Samples.NOW));
  private final List<CatalogRecord> told = new ArrayList<>();

  CatalogOrderTest() {
    var _ = catalog.onChange(told::add);
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void aRecordThatComesAgainChangesNothingAndIsToldOnce() {
    CatalogRecord record = log.put(pin(1, 3, 1));
    catalog.writer().apply(List.of(record));
    catalog.writer().apply(List.of(record));
    bring(record);

    assertThat(told).containsExactly(record);
  }

  @Test
  void anOlderRecordDoesNotReplaceANewerOne() {
    CatalogRecord first = log.put(tag("a", "1", 1));
    CatalogRecord second = log.put(tag("a", "1", 2, 1));
    catalog.writer().apply(List.of(second));
    bring(first);

    assertThat(catalog.tags().byKey(KEY)).contains(tag("a", "1", 2, 1));
    assertThat(catalog.tags().withDigest(digest(2))).hasSize(1);
    assertThat(told).containsExactly(second);
  }

  @Test
  void anOwnDeletionHoldsAgainstOlderRecordsThatTheSourceStillBrings() {
    CatalogRecord first = log.put(tag("a", "1", 1));
    catalog.writer().apply(List.of(first));
    CatalogRecord deletion = log.delete(Topic.TAGS, KEY);
    catalog.writer().apply(List.of(deletion));
    bring(first);

    assertThat(catalog.tags().byKey(KEY)).isEmpty();

    bring(deletion);
    CatalogRecord again = log.put(tag("a", "1", 3));
    bring(again);
    assertThat(catalog.tags().byKey(KEY)).contains(tag("a", "1", 3));
    assertThat(told).containsExactly(first, deletion, again);
  }

  @Test
  void anOwnRecordThatComesAfterTheSourceBroughtItsDeletionStaysDeleted() {
    CatalogRecord first = log.put(tag("a", "1", 1));
    CatalogRecord deletion = log.delete(Topic.TAGS, KEY);
    bring(first);
    bring(deletion);
    catalog.writer().apply(List.of(first));

    assertThat(catalog.tags().byKey(KEY)).isEmpty();
  }

  @Test
  void theSourcesPositionsAreKept() {
    CatalogRecord record = log.put(pin(1, 3, 1));
    catalog.writer().apply(new Batch(List.of(record), Map.of(partition(record), 7L)));

    assertThat(catalog.writer().positions()).containsExactly(Map.entry(partition(record), 7L));
  }

  @Test
  void whatWasStoredAheadNeedNotBeReadUntilItsSourceHasPassedIt() {
    CatalogRecord own = log.put(pin(1, 3, 1));
    CatalogRecord other = log.put(pin(1, 3, 2));
    catalog.writer().apply(List.of(own));

    assertThat(has(own)).isTrue();
    assertThat(has(other)).isFalse();

    bring(other);
    assertThat(has(own)).as("after it was passed").isFalse();
  }

  /** The rebuild would drop what does not come again. */
  @Test
  void whatWasStoredAheadOfARebuildIsReadAgain() {
    CatalogRecord own = log.put(pin(1, 3, 1));
    catalog.writer().apply(List.of(own));
    catalog.writer().startAgain(false);

    assertThat(has(own)).isFalse();
  }

  @Test
  void whatARebuildOvertookIsReadAgain() {
    StoredAhead ahead = new StoredAhead();
    CatalogRecord own = log.put(pin(1, 3, 1));
    long before = ahead.beginnings();
    ahead.begin();
    ahead.add(List.of(own), before);

    assertThat(ahead.has(partition(own), own.offset())).isFalse();
  }

  /** Own records in any order before, between and after the source's lead to the source's end. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whateverComesEarlyTheEndIsTheLogsEnd(long seed) {
    Random random = new Random(seed);
    Map<String, State> expected = new HashMap<>();
    for (int i = 0; i < 400; i++) {
      int name = random.nextInt(12);
      State state =
          random.nextBoolean() ? tag("r" + name, "t", i, i + 1) : pin(name, 3, random.nextInt(4));
      if (random.nextInt(4) == 0) {
        log.delete(Topic.of(state), state.key());
        expected.remove(state.key());
      } else {
        log.put(state);
        expected.put(state.key(), state);
      }
    }
    List<CatalogRecord> all = log.records();
    int brought = 0;
    while (brought < all.size()) {
      List<CatalogRecord> own = new ArrayList<>(all.subList(0, random.nextInt(all.size())));
      Collections.shuffle(own, random);
      catalog.writer().apply(own.subList(0, Math.min(own.size(), 20)));
      int next = Math.min(all.size(), brought + 1 + random.nextInt(60));
      all.subList(brought, next).forEach(this::bringUnlessHere);
      brought = next;
    }

    Map<String, State> found = new HashMap<>();
    catalog.pins().page(null, 1000).forEach(p -> found.put(p.key(), p));
    catalog
        .repositories()
        .page(null, 1000)
        .forEach(
            r -> catalog.tags().ofRepository(r, null, 1000).forEach(t -> found.put(t.key(), t)));
    assertThat(found).as("seed %d", seed).isEqualTo(expected);
  }

  private boolean has(CatalogRecord record) {
    return catalog.writer().has(partition(record), record.offset());
  }

  /** As the follower does. */
  private void bringUnlessHere(CatalogRecord record) {
    if (has(record)) {
      catalog.writer().apply(new Batch(List.of(), Map.of(partition(record), record.offset() + 1)));
    } else {
      bring(record);
    }
  }

  private void bring(CatalogRecord record) {
    catalog
        .writer()
        .apply(new Batch(List.of(record), Map.of(partition(record), record.offset() + 1)));
  }

  private static Partition partition(CatalogRecord record) {
    return new Partition(record.topic(), record.partition());
  }
}
