package dev.longshore.runtime.kafka;

import static dev.longshore.runtime.kafka.Announcements.announce;
import static dev.longshore.runtime.kafka.Announcements.assertEachAnnouncedOnce;
import static dev.longshore.runtime.kafka.Announcements.awaitAnnounced;
import static dev.longshore.runtime.kafka.Announcements.namesIn;
import static dev.longshore.runtime.kafka.Announcements.number;
import static dev.longshore.runtime.kafka.Announcements.send;
import static dev.longshore.runtime.testing.Samples.key;
import static dev.longshore.runtime.testing.Samples.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.KafkaBed;
import java.time.Duration;
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
    awaitAnnounced(bed, 610);
    assertEachAnnouncedOnce(bed, 610);
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
      send(bed, 0, 1);
      awaitAnnounced(bed, 1);
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
    send(bed, 0, 100);
    awaitAnnounced(bed, 100);
    two.start();
    send(bed, 100, 200);
    awaitAnnounced(bed, 200);
    Eventually.await("the second to have partitions", () -> nudgedSomewhere(two));
    send(bed, 200, 300);
    awaitAnnounced(bed, 300);
    assertThat(workers).containsExactlyInAnyOrder("1", "2");
    one.stop(Duration.ofSeconds(5));
    send(bed, 300, 400);
    awaitAnnounced(bed, 400);
    assertEachAnnouncedOnce(bed, 400);
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
    awaitAnnounced(bed, 100);
    // One now and then is let through to see whether the endpoint is back.
    assertThat(tries.get()).isBetween(1000, 1050);
    away.set(false);
    bed.endpoints().succeeded("kubo a");
    awaitAnnounced(bed, 1100);
    assertEachAnnouncedOnce(bed, 1100);
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
    awaitAnnounced(bed, 50);
    assertEachAnnouncedOnce(bed, 50);
  }

  @Test
  void aSecondProcessOfTheSameInstanceEndsTheFirst() throws Exception {
    KeyedConsumer first = bed.host("1", (message, _) -> announce(message));
    first.start();
    bed.send(observed("name", 0));
    awaitAnnounced(bed, 1);
    bed.host("1", (message, _) -> announce(message)).start();
    Eventually.await(
        "the first to notice",
        () -> first.trouble().filter(text -> text.contains("instance")).isPresent());
    bed.send(observed("name", 1));
    awaitAnnounced(bed, 2);
    assertEachAnnouncedOnce(bed, 2);
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
    awaitAnnounced(bed, 1);
    assertEachAnnouncedOnce(bed, 1);
  }
}
