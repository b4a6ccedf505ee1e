package dev.longshore.runtime.kafka.follow;

import static dev.longshore.catalog.testing.Samples.dag;
import static dev.longshore.catalog.testing.Samples.digest;
import static dev.longshore.catalog.testing.Samples.forget;
import static dev.longshore.catalog.testing.Samples.image;
import static dev.longshore.catalog.testing.Samples.pin;
import static dev.longshore.catalog.testing.Samples.tag;
import static dev.longshore.catalog.testing.Samples.undone;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.PinState;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.testing.KafkaBroker;
import dev.longshore.runtime.testing.SharedKafka;
import dev.longshore.testing.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What only a real Kafka does: transactions, append times, restarts. */
class CatalogFollowerIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int CLOSINGS = 20;

  /** About what a session takes to open. */
  private static final long OPENING_NANOS = 60_000_000;

  private static final AtomicInteger count = new AtomicInteger();
  private static final KafkaBroker kafka = SharedKafka.broker();

  private final ManualClock clock = new ManualClock(Instant.now());
  @TempDir Path dir;
  private String prefix;
  private KafkaFixture topics;
  private Catalog catalog;

  @BeforeEach
  void open() {
    prefix = "it" + count.incrementAndGet() + ".";
    topics = new KafkaFixture(kafka, prefix);
    catalog = Catalog.open(dir.resolve("catalog.db"), clock);
  }

  @AfterEach
  void close() {
    catalog.close();
    topics.close();
  }

  /** A resolver that starts must not serve what is forgotten until it has read on. */
  @Test
  void decisionsAreKnownBeforeAnythingElse() throws Exception {
    for (int i = 1; i <= 500; i++) {
      topics.put(image(i));
    }
    topics.put(forget("f1", 1));
    topics.put(undone(forget("f1", 1)));
    topics.put(forget("f2", 2));
    List<CatalogRecord> told = new CopyOnWriteArrayList<>();
    var _ = catalog.onChange(told::add);
    try (CatalogFollower follower = started()) {
      follower.awaitEnd(LONG);
    }
    assertThat(told)
        .hasSize(503)
        .extracting(CatalogRecord::topic)
        .startsWith(Topic.DECISIONS, Topic.DECISIONS, Topic.DECISIONS);
  }

  @Test
  void whatIsNotCommittedIsNeverShown() throws Exception {
    List<CatalogRecord> told = new CopyOnWriteArrayList<>();
    var _ = catalog.onChange(told::add);
    try (CatalogFollower follower = started();
        Producer<String, byte[]> producer =
            topics.producer(Map.of("transactional.id", prefix + "t"))) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(topics.record(image(1))).get();
      producer.abortTransaction();
      producer.beginTransaction();
      producer.send(topics.record(image(2))).get();
      producer.commitTransaction();
      follower.awaitEnd(LONG);
    }
    assertThat(told).extracting(CatalogRecord::value).containsExactly(image(2));
  }

  /** The end includes a transaction that is under way: its owner may have been told it is done. */
  @Test
  void theEndWaitsForATransactionThatIsUnderWay() throws Exception {
    try (CatalogFollower follower = started();
        Producer<String, byte[]> producer =
            topics.producer(Map.of("transactional.id", prefix + "t"))) {
      follower.awaitEnd(LONG);
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(topics.record(image(1))).get();
      FutureTask<Void> end =
          new FutureTask<>(
              () -> {
                follower.awaitEnd(LONG);
                return null;
              });
      Thread waiting = Thread.ofVirtual().start(end);
      assertThatThrownBy(() -> end.get(1, TimeUnit.SECONDS))
          .as("the end, before the transaction has ended")
          .isInstanceOf(TimeoutException.class);
      producer.commitTransaction();
      end.get();
      assertThat(catalog.conversions().ofDigest(digest(1))).hasSize(1);
      waiting.join();
    }
  }

  @Test
  void whoWaitsForATransactionThatDoesNotEndIsToldWhereItIsAndWhatToDo() throws Exception {
    try (CatalogFollower follower = started();
        Producer<String, byte[]> producer =
            topics.producer(Map.of("transactional.id", prefix + "t"))) {
      follower.awaitEnd(LONG);
      producer.initTransactions();
      producer.beginTransaction();
      ProducerRecord<String, byte[]> first = topics.record(image(1));
      var written = producer.send(first).get();
      assertThatThrownBy(() -> follower.awaitEnd(Duration.ofSeconds(1)))
          .isInstanceOf(TimeoutException.class)
          .hasMessageContaining(
              "%s-%d can be read to offset %d of %d only",
              written.topic(), written.partition(), written.offset(), written.offset() + 1)
          .hasMessageContaining(
              "abort --topic %s --partition %d --start-offset %d",
              written.topic(), written.partition(), written.offset());
      producer.abortTransaction();
    }
  }

  @Test
  void theTransactionOfADeadProcessHoldsNobodyUpForLong() throws Exception {
    Producer<String, byte[]> dead =
        topics.producer(
            Map.of("transactional.id", prefix + "dead", "transaction.timeout.ms", 1000));
    dead.initTransactions();
    dead.beginTransaction();
    dead.send(topics.record(image(1))).get();
    topics.put(pin(1, 3, 3));
    try (CatalogFollower follower = started()) {
      follower.awaitEnd(LONG);
      assertThat(catalog.conversions().ofDigest(digest(1))).isEmpty();
      assertThat(catalog.pins().of(dag(1))).isPresent();
    }
    dead.close(Duration.ZERO);
  }

  /** Shown by a record that could not be read. */
  @Test
  void whatThisProcessHasStoredItselfIsNotReadAgain() throws Exception {
    PinState own = pin(1, 3, 3);
    CatalogRecord stored =
        new CatalogRecord(
            Topic.PINS, KeyPartitions.of(own.key()), 0, clock.instant(), own.key(), own);
    try (CatalogFollower follower = started();
        Producer<String, byte[]> producer =
            topics.producer(Map.of("transactional.id", prefix + "own"))) {
      follower.awaitEnd(LONG);
      producer.initTransactions();
      producer.beginTransaction();
      producer
          .send(
              new ProducerRecord<>(
                  Topic.PINS.name(prefix), own.key(), KafkaFixture.utf8("not JSON")))
          .get();
      catalog.writer().apply(List.of(stored));
      producer.commitTransaction();
      topics.put(pin(2, 3, 3));
      follower.awaitEnd(LONG);
      assertThat(follower.skipped()).isZero();
      assertThat(catalog.pins().of(dag(1))).contains(own);
      assertThat(catalog.pins().of(dag(2))).isPresent();
    }
    try (Catalog another = Catalog.inMemory(clock);
        CatalogFollower follower = topics.source(another, clock)) {
      follower.start();
      follower.awaitEnd(LONG);
      assertThat(follower.skipped()).as("by a process that did not write it").isEqualTo(1);
    }
  }

  @Test
  void saysForGoodThatADefectEndedIt() throws Exception {
    try (CatalogFollower follower = started()) {
      follower.awaitEnd(LONG);
      var _ =
          catalog.onChange(
              _ -> {
                throw new StackOverflowError("a defect");
              });
      topics.put(image(1));
      while (follower.ended().isEmpty()) {
        LockSupport.parkNanos(OPENING_NANOS);
      }
      assertThat(follower.problem().get()).contains("has ended", "a defect");
    }
  }

  @Test
  void appendTimesAreKafkas() throws Exception {
    Instant before = Instant.now().minusSeconds(1);
    topics.put(image(1));
    try (CatalogFollower follower = started()) {
      follower.awaitEnd(LONG);
    }
    assertThat(catalog.appendedAt(Topic.IMAGES, image(1).key()).orElseThrow())
        .isBetween(before, Instant.now().plusSeconds(1));
  }

  @Test
  void recordsThatCannotBeReadAreCountedAndLeftOut() throws Exception {
    String images = Topic.IMAGES.name(prefix);
    topics.send(typed(new ProducerRecord<>(images, "bad", KafkaFixture.utf8("{ no json"))));
    topics.send(new ProducerRecord<>(images, "untyped", topics.record(image(1)).value()));
    topics.send(typed(new ProducerRecord<>(images, "other", topics.record(image(1)).value())));
    topics.send(new ProducerRecord<>(Topic.FAILED.name(prefix), null, KafkaFixture.utf8("{}")));
    topics.send(new ProducerRecord<>(Topic.RETRY.name(prefix), "key", KafkaFixture.utf8("{}")));
    topics.put(image(2));
    try (CatalogFollower follower = started()) {
      follower.awaitEnd(LONG);
      assertThat(follower.skipped()).isEqualTo(5);
    }
    assertThat(catalog.conversions().page(null, 10)).containsExactly(image(2));
  }

  @Test
  void afterABrokersRestartItGoesOn() throws Exception {
    topics.put(tag("a", "1", 1));
    try (CatalogFollower follower = started()) {
      follower.awaitEnd(LONG);
      for (int round = 2; round < 4; round++) {
        kafka.stop();
        kafka.start();
        topics.put(tag("a", "1", round));
        follower.awaitEnd(LONG);
        assertThat(catalog.tags().byKey(tag("a", "1", 1).key())).contains(tag("a", "1", round));
      }
    }
  }

  @Test
  void closingAtAnyMomentMakesNoErrorOfIt() throws Exception {
    Logger clients = (Logger) LoggerFactory.getLogger("org.apache.kafka.clients");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    clients.addAppender(lines);
    clients.setAdditive(false);
    clients.setLevel(Level.ERROR);
    topics.put(image(1));
    Random random = new Random(1);
    try {
      for (int round = 0; round < CLOSINGS; round++) {
        try (CatalogFollower follower = started()) {
          if (round % 2 == 0) {
            follower.awaitEnd(LONG);
          } else {
            LockSupport.parkNanos(random.nextLong(OPENING_NANOS));
          }
        }
      }
    } finally {
      clients.setLevel(null);
      clients.setAdditive(true);
      clients.detachAppender(lines);
    }
    assertThat(List.copyOf(lines.list)).extracting(ILoggingEvent::getFormattedMessage).isEmpty();
  }

  private CatalogFollower started() {
    CatalogFollower follower = topics.source(catalog, clock);
    follower.start();
    return follower;
  }

  private static ProducerRecord<String, byte[]> typed(ProducerRecord<String, byte[]> record) {
    record.headers().add("ce_type", KafkaFixture.utf8("dev.longshore.image.v1"));
    return record;
  }
}
