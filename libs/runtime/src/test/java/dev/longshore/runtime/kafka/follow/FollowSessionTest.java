package dev.longshore.runtime.kafka.follow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.Partition;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.PinState;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.record.Envelopes;
import dev.longshore.testing.ManualClock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sessions on one topic of a Kafka in memory. */
@Timeout(30)
class FollowSessionTest {
  private static final String TOPIC = Topic.PINS.name("");

  private final ManualClock clock = new ManualClock(Samples.NOW);
  private final Catalog catalog = Catalog.inMemory(clock);
  private final CatalogRecord own = new RecordLog().put(Samples.pin(1, 3, 1));
  private final TopicPartition partition = new TopicPartition(TOPIC, own.partition());
  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
  private final FollowedTopics topics = new FollowedTopics("", Set.of(Topic.PINS));
  private final EndTargets targets = new EndTargets();
  private final AtomicInteger movedOn = new AtomicInteger();
  private final FollowSession session =
      new FollowSession(
          consumer,
          TopicsInMemory.admin(p -> endOf(p)),
          topics,
          catalog.writer(),
          targets,
          new RecordDecoder(),
          clock,
          movedOn::incrementAndGet,
          _ -> {});

  FollowSessionTest() {
    consumer.updateBeginningOffsets(
        topics.partitions().stream().collect(Collectors.toMap(p -> p, _ -> 0L)));
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  /** The broker lost what it had not written to its disk, and another process wrote since. */
  @Test
  void anotherRecordAtAnOffsetThatWasStoredAheadOfAnEarlierSessionIsRead() throws Exception {
    catalog.writer().apply(List.of(own));
    PinState others = Samples.pin(2, 3, 2);

    session.open();
    bring(others);
    session.poll();

    assertThat(catalog.pins().of(others.imageDag())).contains(others);
    assertThat(movedOn).hasValue(1);
  }

  @Test
  void pausesAfterAPollOfWhatIsHereAlreadyUnlessSomebodyWaitsForAnEnd() throws Exception {
    pollOwn();
    assertThat(session.pauses()).isTrue();
    assertThat(movedOn).as("nothing new came").hasValue(0);

    EndLook later =
        new EndLook(
            clock.instant(),
            Map.of(),
            Map.of(),
            Map.of(new Partition(Topic.PINS, own.partition()), own.offset() + 2));
    var _ = targets.add(later);
    assertThat(session.pauses()).isFalse();
  }

  @Test
  void doesNotPauseAfterItWasWoken() throws Exception {
    pollOwn();
    consumer.wakeup();
    session.poll();

    assertThat(session.pauses()).isFalse();
  }

  private long endOf(TopicPartition asked) {
    return asked.equals(partition) ? own.offset() + 1 : 0;
  }

  private void pollOwn() throws InterruptedException {
    session.open();
    catalog.writer().apply(List.of(own));
    bring(Samples.pin(1, 3, 1));
    session.poll();
  }

  private void bring(State state) {
    ProducerRecord<String, byte[]> sealed = new Envelopes("", "tester", clock).seal(state, "an id");
    consumer.addRecord(
        new ConsumerRecord<>(
            TOPIC,
            partition.partition(),
            own.offset(),
            clock.instant().toEpochMilli(),
            TimestampType.CREATE_TIME,
            0,
            0,
            KafkaFixture.utf8(sealed.key()),
            sealed.value(),
            sealed.headers(),
            Optional.empty()));
  }
}
