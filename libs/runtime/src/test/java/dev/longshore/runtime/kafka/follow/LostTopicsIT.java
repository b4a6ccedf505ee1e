package dev.longshore.runtime.kafka.follow;

import static dev.longshore.catalog.testing.Samples.digest;
import static dev.longshore.catalog.testing.Samples.failed;
import static dev.longshore.catalog.testing.Samples.image;
import static dev.longshore.catalog.testing.Samples.tag;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.Partition;
import dev.longshore.events.Topic;
import dev.longshore.runtime.testing.KafkaBroker;
import dev.longshore.runtime.testing.SharedKafka;
import dev.longshore.testing.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known when topics go and come anew, or have lost their beginning, at a real Kafka. */
class LostTopicsIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final AtomicInteger count = new AtomicInteger();
  private static final KafkaBroker kafka = SharedKafka.broker();
  private static Admin admin;

  private final ManualClock clock = new ManualClock(Instant.now());
  @TempDir Path dir;
  private String prefix;
  private KafkaFixture topics;
  private Catalog catalog;

  @BeforeAll
  static void connect() {
    admin = Admin.create(kafka.connection());
  }

  @AfterAll
  static void disconnect() {
    admin.close();
  }

  @BeforeEach
  void open() {
    prefix = "lost" + count.incrementAndGet() + ".";
    topics = new KafkaFixture(kafka, prefix);
    catalog = Catalog.open(dir.resolve("catalog.db"), clock);
  }

  @AfterEach
  void close() {
    catalog.close();
    topics.close();
  }

  @Test
  void topicsThatWereCreatedAnewAreReadFromTheirBeginning() throws Exception {
    topics.put(tag("a", "1", 1));
    topics.put(tag("a", "1", 2));
    topics.put(image(1));
    try (CatalogFollower follower = started()) {
      follower.awaitEnd(LONG);
    }
    topics.deleteTopics();
    topics.createTopics();
    topics.put(tag("a", "1", 7));
    try (CatalogFollower follower = started()) {
      follower.awaitEnd(LONG);
      assertThat(catalog.tags().byKey(tag("a", "1", 1).key())).contains(tag("a", "1", 7));
      assertThat(catalog.conversions().ofDigest(digest(1))).isEmpty();
    }
  }

  @Test
  void topicsThatAreCreatedAnewWhileItFollowsAreReadFromTheirBeginning() throws Exception {
    topics.put(image(1));
    try (CatalogFollower follower = started()) {
      follower.awaitEnd(LONG);
      topics.deleteTopics();
      topics.createTopics();
      topics.put(tag("a", "1", 7));
      var found = catalog.await(() -> catalog.tags().byKey(tag("a", "1", 7).key()), LONG);
      assertThat(found).contains(tag("a", "1", 7));
      follower.awaitEnd(LONG);
      assertThat(catalog.conversions().ofDigest(digest(1))).isEmpty();
    }
  }

  /** Who waits for the end is about to take what the catalog shows for what Kafka holds. */
  @Test
  void theEndOfTopicsThatWereCreatedAnewIsNotReachedWithWhatTheOldOnesHeld() throws Exception {
    topics.put(image(1));
    List<String> rebuilds = new CopyOnWriteArrayList<>();
    var _ = catalog.onRebuilt(() -> rebuilds.add("rebuilt"));
    try (CatalogFollower follower = started()) {
      follower.awaitEnd(LONG);
      topics.deleteTopics();
      topics.createTopics();
      topics.put(image(2));
      topics.put(image(2));

      follower.awaitEnd(LONG);

      assertThat(catalog.conversions().ofDigest(digest(1))).isEmpty();
      assertThat(catalog.conversions().ofDigest(digest(2))).hasSize(1);
      assertThat(rebuilds).isNotEmpty();
    }
  }

  @Test
  void ofTopicsThatWereHalfLostWhatIsLeftStaysKnown() throws Exception {
    topics.put(tag("a", "1", 1));
    topics.put(image(1));
    try (CatalogFollower follower = started()) {
      follower.awaitEnd(LONG);
    }
    topics.deleteTopic(Topic.IMAGES);
    try (CatalogFollower follower = started()) {
      assertThatThrownBy(() -> follower.awaitEnd(Duration.ofSeconds(3)))
          .isInstanceOf(TimeoutException.class);
      assertThat(catalog.conversions().ofDigest(digest(1)))
          .as("a topic that is not there")
          .hasSize(1);

      topics.createTopics();
      follower.awaitEnd(LONG);

      assertThat(catalog.tags().byKey(tag("a", "1", 1).key())).contains(tag("a", "1", 1));
      assertThat(catalog.conversions().ofDigest(digest(1))).isEmpty();
    }
  }

  @Test
  void workTopicsThatForgotTheirBeginningAreReadFromWhatIsLeft() throws Exception {
    topics.fail(failed("one"));
    try (CatalogFollower follower = started()) {
      follower.awaitEnd(LONG);
    }
    for (int i = 0; i < 5; i++) {
      topics.fail(failed("one"));
    }
    for (Map.Entry<Partition, Long> e : catalog.writer().positions().entrySet()) {
      TopicPartition p = new TopicPartition(e.getKey().topic().name(prefix), e.getKey().number());
      if (e.getKey().topic() == Topic.FAILED && e.getValue() > 0) {
        admin.deleteRecords(Map.of(p, RecordsToDelete.beforeOffset(4))).all().get();
      }
    }
    List<CatalogRecord> told = new CopyOnWriteArrayList<>();
    var _ = catalog.onChange(told::add);
    try (CatalogFollower follower = started()) {
      follower.awaitEnd(LONG);
    }
    assertThat(told).extracting(CatalogRecord::offset).containsExactly(4L, 5L);
  }

  /** What makes the 30 days necessary: the deletion itself is gone when the store comes back. */
  @Test
  void aStoreThatSleptLongerThanDeletionsAreKeptIsRebuiltAndLosesWhatWasDeletedMeanwhile()
      throws Exception {
    Compaction compaction = new Compaction(kafka, admin, Topic.TAGS.name(prefix));
    compaction.beEager();
    String key = tag("a", "1", 1).key();
    topics.put(tag("a", "1", 1));
    topics.put(tag("b", "1", 1));
    try (CatalogFollower follower = started()) {
      follower.awaitEnd(LONG);
    }
    topics.delete(Topic.TAGS, key);
    compactUntilGone(compaction, key);
    try (CatalogFollower follower = started()) {
      follower.awaitEnd(LONG);
    }
    assertThat(catalog.tags().byKey(key)).as("the deletion was missed").isPresent();

    clock.advance(Duration.ofDays(30));
    catalog.close();
    catalog = Catalog.open(dir.resolve("catalog.db"), clock);
    try (CatalogFollower follower = started()) {
      follower.awaitEnd(LONG);
    }
    assertThat(catalog.tags().byKey(key)).isEmpty();
    assertThat(catalog.tags().byKey(tag("b", "1", 1).key())).isPresent();
  }

  private CatalogFollower started() {
    CatalogFollower follower = topics.source(catalog, clock);
    follower.start();
    return follower;
  }

  /** Writes other keys to the key's partition until the cleaner has removed all of the key. */
  private void compactUntilGone(Compaction compaction, String key) throws Exception {
    long deadline = System.nanoTime() + LONG.toNanos();
    int round = 0;
    while (compaction.keeps(key)) {
      assertThat(System.nanoTime()).as("compacted in time").isLessThan(deadline);
      // A record in every partition rolls the segments that are old enough.
      for (int i = 0; i < 40; i++) {
        topics.put(tag("filler" + i, "1", ++round));
      }
    }
  }
}
