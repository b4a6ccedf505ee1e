package dev.longshore.runtime.kafka;

import static dev.longshore.runtime.testing.Samples.converted;
import static dev.longshore.runtime.testing.Samples.key;
import static dev.longshore.runtime.testing.Samples.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Observed;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.KafkaBed;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a host on Kafka does beyond what every host must. */
final class KeyedConsumerIT {
  private KafkaBed bed;

  @BeforeEach
  void open() throws Exception {
    bed = new KafkaBed();
  }

  @AfterEach
  void close() {
    bed.close();
  }

  private static int number(Message message) {
    return (int) ((Observed) message.body()).size();
  }

  private static Effects announce(Message message) {
    return Effects.of(converted((Observed) message.body()));
  }

  private void awaitAnnounced(int count) {
    Eventually.await(count + " announced", () -> bed.announced().size() >= count);
  }

  private void assertEachAnnouncedOnce(int count) {
    assertThat(bed.announced())
        .containsExactlyInAnyOrderElementsOf(LongStream.range(0, count).boxed().toList());
  }

  /** Names whose keys lie in the partition. */
  private static List<String> namesIn(int partition, int count) {
    return IntStream.range(0, Integer.MAX_VALUE)
        .mapToObj(i -> "n" + i)
        .filter(name -> KeyPartitions.of(key(name)) == partition)
        .limit(count)
        .toList();
  }

  @Test
  void aPartitionHasAtMost256RecordsUnderWayAndIsReadOnWhenTheyEnd() throws Exception {
    int full = Ledger.UNDER_WAY_LIMIT;
    CountDownLatch mayEnd = new CountDownLatch(1);
    AtomicInteger underWay = new AtomicInteger();
    Set<String> elsewhere = ConcurrentHashMap.newKeySet();
    KeyedConsumer host =
        bed.host(
            (message, _) -> {
              if (KeyPartitions.of(message.key()) == 3) {
                underWay.incrementAndGet();
                mayEnd.await();
                underWay.decrementAndGet();
              } else {
                elsewhere.add(message.key());
              }
              return announce(message);
            });
    List<String> names = namesIn(3, 600);
    for (int i = 0; i < names.size(); i++) {
      bed.sendLater(observed(names.get(i), i));
    }
    bed.flush();
    host.start();
    int fewest = full - Ledger.POLL_LIMIT;
    Eventually.await("a full partition", () -> underWay.get() > fewest);
    // Each comes with another poll, in which the full partition could have given more.
    for (String other : namesIn(4, 10)) {
      bed.send(observed(other, 600 + elsewhere.size()));
      Eventually.await("a record of another partition", () -> elsewhere.contains(key(other)));
    }
    assertThat(underWay.get()).isBetween(fewest, full);
    mayEnd.countDown();
    awaitAnnounced(610);
    assertEachAnnouncedOnce(610);
  }

  @Test
  void whoIsNotToldWhereToReadOnSaysWhyItWaits() throws Exception {
    Map<String, Object> settings = new HashMap<>(bed.connection());
    settings.put("group.id", bed.prefix() + "tester");
    settings.put("transactional.id", bed.prefix() + "open");
    settings.put("transaction.timeout.ms", 60_000);
    try (Consumer<String, byte[]> group =
            new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
        Producer<String, byte[]> other =
            new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
      other.initTransactions();
      other.beginTransaction();
      other.sendOffsetsToTransaction(
          Map.of(
              new TopicPartition(Topic.OBSERVED.name(bed.prefix()), 3), new OffsetAndMetadata(0)),
          group.groupMetadata());
      KeyedConsumer host = bed.host((message, _) -> announce(message));
      host.start();
      Eventually.await(
          "a word about it",
          () -> host.trouble().filter(told -> told.contains("where to read on")).isPresent());
      other.abortTransaction();
      send(0, 1);
      awaitAnnounced(1);
      assertThat(host.trouble()).isEmpty();
    }
  }

  @Test
  void instancesShareTheWorkAndTakeOverFromEachOther() throws Exception {
    Map<String, List<Integer>> numbersByKey = new ConcurrentHashMap<>();
    Set<String> workers = ConcurrentHashMap.newKeySet();
    KeyedConsumer one = bed.host("1", (message, _) -> noted(message, numbersByKey, workers, "1"));
    KeyedConsumer two = bed.host("2", (message, _) -> noted(message, numbersByKey, workers, "2"));
    one.start();
    send(0, 100);
    awaitAnnounced(100);
    two.start();
    send(100, 200);
    awaitAnnounced(200);
    Eventually.await("the second to have partitions", () -> nudgedSomewhere(two));
    send(200, 300);
    awaitAnnounced(300);
    assertThat(workers).containsExactlyInAnyOrder("1", "2");
    one.stop(Duration.ofSeconds(5));
    send(300, 400);
    awaitAnnounced(400);
    assertEachAnnouncedOnce(400);
    assertThat(numbersByKey.values())
        .allSatisfy(numbers -> assertThat(numbers.stream().distinct()).isSorted());
  }

  private static Effects noted(
      Message message,
      Map<String, List<Integer>> numbersByKey,
      Set<String> workers,
      String instance) {
    if (message.body() == null) {
      return Effects.NONE;
    }
    workers.add(instance);
    numbersByKey
        .computeIfAbsent(message.key(), _ -> new CopyOnWriteArrayList<>())
        .add(number(message));
    return announce(message);
  }

  private void send(int from, int to) {
    for (int i = from; i < to; i++) {
      bed.sendLater(observed("name" + i % 40, i));
    }
  }

  private static boolean nudgedSomewhere(KeyedConsumer host) {
    return IntStream.range(0, 40).anyMatch(i -> host.nudge(Topic.OBSERVED, key("name" + i)));
  }

  @Test
  void aThousandMessagesWaitForAnEndpointWithoutHoldingBackOthers() throws Exception {
    AtomicBoolean away = new AtomicBoolean(true);
    AtomicInteger tries = new AtomicInteger();
    KeyedConsumer host =
        bed.host(
            (message, _) -> {
              if (number(message) < 1000 && away.get()) {
                tries.incrementAndGet();
                throw new TransientFailure("kubo a", "refused", null, null);
              }
              return announce(message);
            });
    host.start();
    for (int i = 0; i < 1000; i++) {
      bed.sendLater(observed("name" + i, i));
    }
    Eventually.await("all parked", () -> bed.records(Topic.RETRY).size() >= 1000);
    for (int i = 1000; i < 1100; i++) {
      bed.send(observed("name" + i, i));
    }
    awaitAnnounced(100);
    // One now and then is let through to see whether the endpoint is back.
    assertThat(tries.get()).isBetween(1000, 1050);
    away.set(false);
    bed.endpoints().succeeded("kubo a");
    awaitAnnounced(1100);
    assertEachAnnouncedOnce(1100);
  }

  @Test
  void parkedMessagesSurviveARestart() throws Exception {
    KeyedConsumer before =
        bed.host(
            (_, _) -> {
              throw new TransientFailure("kubo a", "refused", null, null);
            });
    before.start();
    for (int i = 0; i < 50; i++) {
      bed.send(observed("name" + i, i));
    }
    // One that is let through, to see whether the endpoint is back, is parked again.
    Eventually.await("all parked", () -> bed.records(Topic.RETRY).size() >= 50);
    before.stop(Duration.ZERO);
    bed.host((message, _) -> announce(message)).start();
    bed.endpoints().succeeded("kubo a");
    awaitAnnounced(50);
    assertEachAnnouncedOnce(50);
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
    awaitAnnounced(10);
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
    awaitAnnounced(1);
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
    send(0, 50);
    awaitAnnounced(50);
    rebuild();
    Eventually.await("a gap in each", () -> bed.gaps().size() >= Topic.PARTITIONS);
    assertThat(bed.gaps()).containsExactlyInAnyOrderElementsOf(everywhere);
    bed.openGaps().forEach(OpenGap::madeGood);
    send(50, 60);
    awaitAnnounced(60);
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
    send(0, 50);
    awaitAnnounced(50);
    after.stop(Duration.ofSeconds(5));
    bed.forgetGaps();

    bed.host(store, (message, _) -> announce(message)).start();
    send(50, 100);
    awaitAnnounced(100);
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

  @Test
  void aSecondProcessOfTheSameInstanceEndsTheFirst() throws Exception {
    KeyedConsumer first = bed.host("1", (message, _) -> announce(message));
    first.start();
    bed.send(observed("name", 0));
    awaitAnnounced(1);
    bed.host("1", (message, _) -> announce(message)).start();
    Eventually.await(
        "the first to notice",
        () -> first.trouble().filter(text -> text.contains("instance")).isPresent());
    bed.send(observed("name", 1));
    awaitAnnounced(2);
    assertEachAnnouncedOnce(2);
  }

  @Test
  void workThatIgnoresItsInterruptionIsDiscarded() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    KeyedConsumer before =
        bed.host(
            (message, _) -> {
              begun.countDown();
              boolean waiting = true;
              while (waiting) {
                try {
                  mayEnd.await();
                  waiting = false;
                } catch (InterruptedException e) {
                  assertThat(mayEnd.getCount()).isPositive();
                }
              }
              return announce(message);
            });
    before.start();
    bed.send(observed("name", 0));
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    before.stop(Duration.ofMillis(10));
    mayEnd.countDown();
    bed.host((message, _) -> announce(message)).start();
    awaitAnnounced(1);
    assertEachAnnouncedOnce(1);
  }
}
