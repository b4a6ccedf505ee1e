package dev.longshore.catalog.testing;

import static dev.longshore.catalog.testing.Samples.digest;
import static dev.longshore.catalog.testing.Samples.forget;
import static dev.longshore.catalog.testing.Samples.image;
import static dev.longshore.catalog.testing.Samples.pin;
import static dev.longshore.catalog.testing.Samples.tag;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.CatalogSource;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every source of a catalog does. */
public abstract class CatalogSourceConformance {
  /** Longer than any source needs on a busy machine. */
  private static final Duration LONG = Duration.ofSeconds(60);

  /** Long enough to show that a source does not pretend. */
  private static final Duration SHORT = Duration.ofMillis(300);

  private final Clock clock = Clock.systemUTC();
  @TempDir Path dir;
  private CatalogSourceFixture place;
  private Catalog catalog;

  /** A place of its own, empty. */
  protected abstract CatalogSourceFixture place();

  @BeforeEach
  void open() {
    catalog = Catalog.open(dir.resolve("catalog.db"), clock);
    place = place();
  }

  @AfterEach
  void close() {
    catalog.close();
    if (place != null) {
      place.close();
    }
  }

  @Test
  void whatWasThereBeforeAndWhatComesAfterIsShown() throws Exception {
    place.put(tag("a", "1", 1));
    try (CatalogSource source = started()) {
      source.awaitEnd(LONG);
      assertThat(catalog.tags().withDigest(digest(1))).containsExactly(tag("a", "1", 1));

      place.put(image(1));
      place.put(pin(1, 3, 2));
      place.put(forget("f1", 1));
      source.awaitEnd(LONG);
      assertThat(catalog.decisions().of("f1")).contains(forget("f1", 1));
      assertThat(catalog.conversions().ofDigest(digest(1))).containsExactly(image(1));
      assertThat(catalog.pins().of(pin(1, 3, 2).imageDag())).contains(pin(1, 3, 2));
    }
  }

  @Test
  void anEmptyPlaceIsKnownToBeEmpty() throws Exception {
    try (CatalogSource source = started()) {
      source.awaitEnd(LONG);
      assertThat(source.age()).isPresent();
      assertThat(source.problem()).isEmpty();
      assertThat(catalog.totals().tags()).isZero();
    }
  }

  @Test
  void aDeletedKeyIsGone() throws Exception {
    State state = tag("a", "1", 1);
    place.put(state);
    try (CatalogSource source = started()) {
      source.awaitEnd(LONG);
      place.delete(Topic.TAGS, state.key());
      source.awaitEnd(LONG);
      assertThat(catalog.tags().byKey(state.key())).isEmpty();
    }
  }

  @Test
  void failuresAndParkedWorkAreShownUntilTheyAreOver() throws Exception {
    String key = "localhost:5055/app:1";
    place.fail(Samples.failed("other"));
    Instant nextTry = Samples.NOW.plusSeconds(30);
    place.park(key, "convert", "registry localhost:5055", "connection refused", 2, nextTry);
    try (CatalogSource source = started()) {
      source.awaitEnd(LONG);
      assertThat(catalog.failures().of("other")).containsExactly(failedTrouble());
      assertThat(catalog.failures().of(key))
          .singleElement()
          .satisfies(
              t -> {
                assertThat(t.kind()).isEqualTo(WorkFailure.Kind.TRANSIENT);
                assertThat(t.endpoint()).isEqualTo("registry localhost:5055");
                assertThat(t.message()).isEqualTo("connection refused");
                assertThat(t.attempt()).isEqualTo(2);
                assertThat(t.nextTry()).isEqualTo(nextTry);
              });
      Instant later = nextTry.plusSeconds(60);
      place.stillAway(key, "convert", "registry localhost:5055", "timed out", 3, later);
      source.awaitEnd(LONG);
      assertThat(catalog.failures().of(key))
          .singleElement()
          .satisfies(
              t -> {
                assertThat(t.message()).isEqualTo("timed out");
                assertThat(t.attempt()).isEqualTo(3);
                assertThat(t.nextTry()).isEqualTo(later);
              });
      place.over(key, "convert");
      source.awaitEnd(LONG);
      assertThat(catalog.failures().of(key)).isEmpty();
    }
  }

  @Test
  void afterARestartOnlyWhatIsNewIsRead() throws Exception {
    place.put(tag("a", "1", 1));
    try (CatalogSource source = started()) {
      source.awaitEnd(LONG);
    }
    place.put(tag("a", "1", 2, 1));
    List<CatalogRecord> told = new CopyOnWriteArrayList<>();
    reopen();
    var _ = catalog.onChange(told::add);
    try (CatalogSource source = started()) {
      source.awaitEnd(LONG);
      assertThat(told).extracting(CatalogRecord::value).containsExactly(tag("a", "1", 2, 1));
    }
  }

  @Test
  void withoutItsFileTheCatalogIsTheSameAgain() throws Exception {
    place.put(tag("a", "1", 1));
    place.put(tag("a", "1", 2, 1));
    place.put(image(2));
    place.put(pin(2, 3, 3));
    place.delete(Topic.TAGS, tag("b", "1", 1).key());
    try (CatalogSource source = started()) {
      source.awaitEnd(LONG);
    }
    catalog.close();
    catalog = Catalog.open(dir.resolve("another.db"), clock);
    try (CatalogSource source = started()) {
      source.awaitEnd(LONG);
      assertThat(catalog.tags().byKey(tag("a", "1", 1).key())).contains(tag("a", "1", 2, 1));
      assertThat(catalog.conversions().ofDigest(digest(2))).containsExactly(image(2));
      assertThat(catalog.pins().page(null, 10)).containsExactly(pin(2, 3, 3));
    }
  }

  @Test
  void anOwnRecordThatIsInTheCatalogAlreadyIsNotToldAgain() throws Exception {
    List<CatalogRecord> told = new CopyOnWriteArrayList<>();
    var _ = catalog.onChange(told::add);
    place.put(pin(1, 3, 1));
    try (CatalogSource source = started()) {
      source.awaitEnd(LONG);
      catalog.writer().apply(List.copyOf(told));
      place.put(pin(1, 3, 2));
      source.awaitEnd(LONG);
      assertThat(told).extracting(CatalogRecord::value).containsExactly(pin(1, 3, 1), pin(1, 3, 2));
    }
  }

  @Test
  void whileThePlaceIsAwayTheCatalogAnswersAndTheSourceSaysSoThenItGoesOn() throws Exception {
    place.put(image(1));
    try (CatalogSource source = started()) {
      source.awaitEnd(LONG);
      place.away(true);
      assertThatThrownBy(() -> source.awaitEnd(SHORT))
          .isInstanceOf(TimeoutException.class)
          .hasMessageContaining("not done within " + SHORT);
      assertThat(catalog.conversions().ofDigest(digest(1))).containsExactly(image(1));
      assertThat(source.age()).isPresent();

      place.away(false);
      place.put(image(2));
      source.awaitEnd(LONG);
      assertThat(catalog.conversions().ofDigest(digest(2))).containsExactly(image(2));
    }
  }

  @Test
  void aSourceThatStartsWhileThePlaceIsAwayKnowsHowOldItsKnowledgeIs() throws Exception {
    place.put(image(1));
    try (CatalogSource source = started()) {
      source.awaitEnd(LONG);
    }
    place.away(true);
    reopen();
    try (CatalogSource source = started()) {
      assertThat(source.age()).isPresent();
      assertThat(catalog.conversions().ofDigest(digest(1))).containsExactly(image(1));
      place.away(false);
      source.awaitEnd(LONG);
    }
  }

  @Test
  void aSourceThatNeverSawThePlaceHasNoAge() {
    place.away(true);
    try (CatalogSource source = started()) {
      assertThat(source.age()).isEmpty();
    }
    place.away(false);
  }

  @Test
  void aClosedSourceKeepsNobodyWaiting() throws Exception {
    CatalogSource source = started();
    source.awaitEnd(LONG);
    source.close();

    assertThatThrownBy(() -> source.awaitEnd(LONG)).isInstanceOf(TimeoutException.class);
  }

  private CatalogSource started() {
    CatalogSource source = place.source(catalog, clock);
    source.start();
    return source;
  }

  private void reopen() {
    catalog.close();
    catalog = Catalog.open(dir.resolve("catalog.db"), clock);
  }

  private static WorkFailure failedTrouble() {
    var failed = Samples.failed("other");
    return new WorkFailure(
        failed.key(),
        failed.stage(),
        WorkFailure.Kind.PERMANENT,
        failed.reason(),
        null,
        failed.message(),
        0,
        failed.failedAt(),
        null);
  }
}
