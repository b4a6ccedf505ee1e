package dev.longshore.runtime.kafka.follow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Batch;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.Partition;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.follow.StartPoint.Again;
import dev.longshore.testing.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StartPointTest {
  private static final Map<Topic, String> IDS = Map.of(Topic.TAGS, "t1", Topic.IMAGES, "i1");
  private static final Map<Topic, String> OTHER_IMAGES =
      Map.of(Topic.TAGS, "t1", Topic.IMAGES, "i2");

  private final ManualClock clock = new ManualClock(Samples.NOW);
  private final Catalog catalog = Catalog.inMemory(clock);
  private final Partition tags = new Partition(Topic.TAGS, 3);
  private final Partition images = new Partition(Topic.IMAGES, 4);

  @BeforeEach
  void read() {
    CatalogRecord known = new RecordLog().put(Samples.tag("a", "1", 1));
    catalog.writer().apply(new Batch(List.of(known), Map.of(tags, 7L, images, 2L)));
    catalog.writer().topicIds(IDS);
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void goesOnWhereTheTopicsAreThoseOfBefore() {
    StartPoint start = start(IDS, Map.of(tags, 9L, images, 2L));

    assertThat(start.again()).isEqualTo(Again.NO);
    assertThat(start.positions()).isEqualTo(Map.of(tags, 7L, images, 2L));
  }

  @Test
  void beginsAnewWhereTheTopicsHaveOtherIdsHoweverFarTheyReach() {
    Map<Topic, String> others = Map.of(Topic.TAGS, "t2", Topic.IMAGES, "i2");
    StartPoint start = start(others, Map.of(tags, 100L, images, 100L));

    assertThat(start.again()).isEqualTo(Again.NEW_TOPICS);
    assertThat(start.why()).contains("TAGS", "IMAGES", "recreated");
    assertThat(start.positions()).isEqualTo(Map.of(tags, 0L, images, 0L));
  }

  @Test
  void beginsAnewAndNamesTheTopicWhereOneOfThemWasLost() {
    StartPoint start = start(OTHER_IMAGES, Map.of(tags, 7L, images, 0L));

    assertThat(start.again()).isEqualTo(Again.NEW_TOPICS);
    assertThat(start.why()).contains("IMAGES").doesNotContain("TAGS");
  }

  @Test
  void beginsAnewWhereTheSameTopicsEndBeforeWhatWasReadAsWhenDisksWereSetBack() {
    StartPoint start = start(IDS, Map.of(tags, 6L, images, 2L));

    assertThat(start.again()).isEqualTo(Again.NEW_TOPICS);
    assertThat(start.why()).contains("TAGS").contains("ends before what was read");
  }

  @Test
  void beginsAnewWhereATopicEndsBeforeWhatThisProcessStoredAheadOfReadingIt() {
    CatalogRecord own = new RecordLog().put(Samples.pin(1, 3, 1));
    Partition its = new Partition(own.topic(), own.partition());
    catalog.writer().apply(List.of(own));

    assertThat(start(IDS, Map.of(its, own.offset() + 1)).again()).isEqualTo(Again.NO);
    assertThat(start(IDS, Map.of(its, own.offset())).again()).isEqualTo(Again.NEW_TOPICS);
  }

  @Test
  void keepsWhatIsKnownWhereThereIsNoWordOnAPartition() {
    assertThat(start(IDS, Map.of(tags, 7L)).again()).isEqualTo(Again.NO);
  }

  @Test
  void goesOnWhereTheStoreNeverKnewTheIds() {
    try (Catalog fresh = Catalog.inMemory(clock)) {
      EndLook look =
          new EndLook(clock.instant(), fresh.writer().positions(), IDS, Map.of(tags, 9L));

      assertThat(StartPoint.of(fresh.writer(), Map.of(), look, Map.of(tags, 0L)).again())
          .isEqualTo(Again.NO);
    }
  }

  @Test
  void readsTheSameTopicsAgainAfterThirtyDays() {
    clock.advance(Duration.ofDays(30));

    assertThat(start(IDS, Map.of(tags, 7L, images, 2L)).again()).isEqualTo(Again.SAME_TOPICS);
  }

  private StartPoint start(Map<Topic, String> ids, Map<Partition, Long> ends) {
    Map<Partition, Long> stored = catalog.writer().positions();
    EndLook look = new EndLook(clock.instant(), catalog.writer().known(stored), ids, ends);
    return StartPoint.of(catalog.writer(), stored, look, Map.of(tags, 0L, images, 0L));
  }
}
