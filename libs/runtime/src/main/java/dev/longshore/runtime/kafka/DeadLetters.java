package dev.longshore.runtime.kafka;

import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.record.DeadLetter;
import dev.longshore.runtime.kafka.topics.TopicCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * The current content of topic {@code dead}. The committed offsets and metadata of group {@code
 * <prefix>replay} record which letters were replayed, in the format of a {@link Ledger}.
 */
public final class DeadLetters {
  private static final Duration POLL = Duration.ofMillis(200);

  private final Map<String, Object> connection;
  private final String topicPrefix;
  private final Duration limit;

  /**
   * For one Longshore.
   *
   * @param connection Kafka client settings: bootstrap.servers, and how to log in
   * @param limit how long the whole reading may take
   */
  public DeadLetters(Map<String, Object> connection, String topicPrefix, Duration limit) {
    this.connection = Map.copyOf(connection);
    this.topicPrefix = topicPrefix;
    this.limit = limit;
  }

  /**
   * Lists letters in the order of their failure within each key.
   *
   * @param most letters to list; the newest of each partition are left out beyond it
   * @throws TimeoutException when Kafka does not answer in time
   */
  public List<DeadLetter> list(DeadLetterFilter filter, int most) {
    List<DeadLetter> found = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer = open()) {
      Ledgers replayed = replayed(consumer);
      read(
          consumer,
          (partition, record) -> {
            boolean again = !replayed.of(partition).accept(record.offset());
            DeadLetter.read(record, again)
                .filter(filter)
                .filter(_ -> found.size() < most)
                .ifPresent(found::add);
          });
    }
    return found;
  }

  Map<String, Object> connection() {
    return connection;
  }

  String topicPrefix() {
    return topicPrefix;
  }

  Duration limit() {
    return limit;
  }

  String group() {
    return topicPrefix + TopicCommands.REPLAY;
  }

  KafkaConsumer<String, byte[]> open() {
    Map<String, Object> settings = new HashMap<>(connection);
    settings.put("group.id", group());
    settings.put("client.id", group());
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "none");
    settings.put("default.api.timeout.ms", Math.toIntExact(limit.toMillis()));
    KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    consumer.assign(
        IntStream.range(0, Topic.PARTITIONS)
            .mapToObj(n -> new TopicPartition(Topic.DEAD.name(topicPrefix), n))
            .toList());
    return consumer;
  }

  /** What was replayed in each partition; reading begins at the earliest record. */
  Ledgers replayed(KafkaConsumer<?, ?> consumer) {
    Set<TopicPartition> partitions = consumer.assignment();
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(partitions, limit);
    Map<TopicPartition, Long> earliest = consumer.beginningOffsets(partitions, limit);
    Map<TopicPartition, Ledger> ledgers = new HashMap<>();
    for (TopicPartition partition : partitions) {
      long first = earliest.getOrDefault(partition, 0L);
      consumer.seek(partition, first);
      ledgers.put(partition, ledger(first, committed.get(partition)));
    }
    return new Ledgers(ledgers);
  }

  private static Ledger ledger(long earliest, @Nullable OffsetAndMetadata committed) {
    if (committed == null) {
      return new Ledger(earliest, new BitSet());
    }
    BitSet bits = Ledger.bits(committed);
    BitSet fromEarliest = new BitSet();
    if (committed.offset() > earliest) {
      fromEarliest.set(0, (int) (committed.offset() - earliest));
    }
    bits.stream()
        .mapToLong(bit -> committed.offset() + bit - earliest)
        .filter(bit -> bit >= 0)
        .forEach(bit -> fromEarliest.set((int) bit));
    return new Ledger(earliest, fromEarliest);
  }

  /** Reads from where the consumer stands to the end as it is now. */
  void read(
      KafkaConsumer<String, byte[]> consumer,
      BiConsumer<TopicPartition, ConsumerRecord<String, byte[]>> reader) {
    long end = System.nanoTime() + limit.toNanos();
    Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment(), limit);
    while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
      if (System.nanoTime() > end) {
        throw new TimeoutException(
            "reading " + Topic.DEAD.name(topicPrefix) + ": its end was not reached in " + limit);
      }
      for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        if (record.offset() < ends.getOrDefault(partition, 0L)) {
          reader.accept(partition, record);
        }
      }
    }
  }
}
