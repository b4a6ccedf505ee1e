package dev.longshore.runtime.kafka;

import static dev.longshore.runtime.kafka.Announcements.announce;
import static dev.longshore.runtime.kafka.Announcements.awaitAnnounced;
import static dev.longshore.runtime.kafka.Announcements.namesIn;
import static dev.longshore.runtime.kafka.Announcements.number;
import static dev.longshore.runtime.kafka.Announcements.send;
import static dev.longshore.runtime.testing.Samples.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.KafkaBed;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was never read, and is reported to be looked for: by a real Kafka. */
final class GapsIT {
  private KafkaBed bed;

  @BeforeEach
  void open() throws Exception {
    bed = new KafkaBed();
  }

  @AfterEach
  void close() {
    bed.close();
  }

  @Test
  void aDeletedOffsetIsReportedAndReadingBeginsAtTheEarliest() throws Exception {
    List<Integer> numbers = new CopyOnWriteArrayList<>();
    KeyedConsumer before = bed.host((message, _) -> announce(message));
    before.start();
    List<String> names = namesIn(5, 10);
    for (int i = 0; i < 10; i++) {
      bed.send(observed(names.get(i), i));
    }
    awaitAnnounced(bed, 10);
    before.stop(Duration.ofSeconds(5));
    assertThat(bed.gaps()).isEmpty();

    TopicPartition partition = new TopicPartition(Topic.OBSERVED.name(bed.prefix()), 5);
    Admin admin = bed.admin();
    admin.deleteConsumerGroupOffsets(bed.prefix() + "tester", Set.of(partition)).all().get();
    KeyedConsumer after =
        bed.host(
            (message, _) -> {
              numbers.add(number(message));
              return Effects.NONE;
            });
    after.start();
    Eventually.await("all again", () -> numbers.size() == 10 && !bed.gaps().isEmpty());
    assertThat(bed.gaps()).containsExactly(new Gap(Topic.OBSERVED, 5, 0, 0));
  }

  @Test
  void recordsThatKafkaForgotAreReported() throws Exception {
    List<Integer> numbers = new CopyOnWriteArrayList<>();
    KeyedConsumer before = bed.host((message, _) -> announce(message));
    before.start();
    List<String> names = namesIn(5, 20);
    bed.send(observed(names.getFirst(), 0));
    awaitAnnounced(bed, 1);
    before.stop(Duration.ofSeconds(5));
    for (int i = 1; i < 20; i++) {
      bed.send(observed(names.get(i), i));
    }
    TopicPartition partition = new TopicPartition(Topic.OBSERVED.name(bed.prefix()), 5);
    Admin admin = bed.admin();
    admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(15))).all().get();
    bed.host(
            (message, _) -> {
              numbers.add(number(message));
              return Effects.NONE;
            })
        .start();
    Eventually.await("the rest", () -> numbers.size() == 5 && !bed.gaps().isEmpty());
    assertThat(numbers).containsExactlyInAnyOrder(15, 16, 17, 18, 19);
    assertThat(bed.gaps()).containsExactly(new Gap(Topic.OBSERVED, 5, 1, 15));
  }

  @Test
  void aCatalogThatWasRebuiltLeavesAGapInEachPartitionThatIsHereOrComes() throws Exception {
    List<Gap> everywhere =
        IntStream.range(0, Topic.PARTITIONS)
            .mapToObj(n -> new Gap(Topic.OBSERVED, n, 0, 0))
            .toList();
    KeyedConsumer before = bed.host((message, _) -> announce(message));
    before.start();
    send(bed, 0, 50);
    awaitAnnounced(bed, 50);
    rebuild();
    Eventually.await("a gap in each", () -> bed.gaps().size() >= Topic.PARTITIONS);
    assertThat(bed.gaps()).containsExactlyInAnyOrderElementsOf(everywhere);
    bed.openGaps().forEach(OpenGap::madeGood);
    send(bed, 50, 60);
    awaitAnnounced(bed, 60);
    before.stop(Duration.ofSeconds(5));
    bed.forgetGaps();

    KeyedConsumer after = bed.host((message, _) -> announce(message));
    rebuild();
    assertThat(bed.gaps()).as("nothing is read yet").isEmpty();
    after.start();
    Eventually.await("a gap in each", () -> bed.gaps().size() >= Topic.PARTITIONS);
    assertThat(bed.gaps()).containsExactlyInAnyOrderElementsOf(everywhere);
  }

  @Test
  void aRebuildIsLookedForAfterAKillThoughTheStoreIsRemovedMeanwhile(@TempDir Path home)
      throws Exception {
    Path store = home.resolve("catalog.db");
    try (Catalog killed = Catalog.open(store, Clock.systemUTC())) {
      killed.writer().startAgain(false);
      killed.writer().complete(Instant.now());
    }
    KeyedConsumer before = bed.host(store, (message, _) -> announce(message));
    before.start();
    Eventually.await("a gap in each", () -> bed.gaps().size() >= Topic.PARTITIONS);
    before.stop(Duration.ofSeconds(5));
    bed.forgetGaps();

    KeyedConsumer after = bed.host(home.resolve("new.db"), (message, _) -> announce(message));
    after.start();
    Eventually.await("a gap in each", () -> bed.gaps().size() >= Topic.PARTITIONS);
    bed.openGaps().forEach(OpenGap::madeGood);
    send(bed, 0, 50);
    awaitAnnounced(bed, 50);
    after.stop(Duration.ofSeconds(5));
    bed.forgetGaps();

    bed.host(store, (message, _) -> announce(message)).start();
    send(bed, 50, 100);
    awaitAnnounced(bed, 100);
    assertThat(bed.gaps()).isEmpty();
  }

  private void rebuild() {
    bed.catalog().writer().startAgain(false);
    bed.catalog().writer().complete(Instant.now());
  }

  @Test
  void recordsThatKafkaForgetsWhileTheyAreReadAreReported() throws Exception {
    CountDownLatch mayGoOn = new CountDownLatch(1);
    List<Integer> numbers = new CopyOnWriteArrayList<>();
    List<String> names = namesIn(5, 200);
    int total = 9_000;
    for (int i = 0; i < total; i++) {
      bed.sendLater(observed(names.get(i % names.size()), i));
    }
    bed.flush();
    AtomicInteger begun = new AtomicInteger();
    bed.host(
            (message, _) -> {
              begun.incrementAndGet();
              mayGoOn.await();
              numbers.add(number(message));
              return Effects.NONE;
            })
        .start();
    TopicPartition partition = new TopicPartition(Topic.OBSERVED.name(bed.prefix()), 5);
    Eventually.await("a full partition", () -> begun.get() > 128);
    bed.admin()
        .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(total - 10)))
        .all()
        .get();
    mayGoOn.countDown();
    Eventually.await("the last ones", () -> numbers.contains(total - 1) && !bed.gaps().isEmpty());
    assertThat(bed.gaps())
        .singleElement()
        .satisfies(
            gap -> {
              assertThat(gap.partition()).isEqualTo(5);
              assertThat(gap.from()).isLessThan(total - 10);
              assertThat(gap.to()).isEqualTo(total - 10);
            });
    assertThat(numbers)
        .contains(IntStream.range(total - 10, total).boxed().toArray(Integer[]::new));
  }
}
