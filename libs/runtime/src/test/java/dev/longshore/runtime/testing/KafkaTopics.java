package dev.longshore.runtime.testing;

import dev.longshore.events.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/** Longshore's topics on a real Kafka for one test, and what readers of committed records see. */
final class KafkaTopics implements AutoCloseable {
  /** What hosts of steps read and write. */
  private static final Set<Topic> TOPICS = topics();

  private static final AtomicInteger COUNT = new AtomicInteger();
  private static @Nullable CompletableFuture<KafkaTopics> next;

  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration READ_LIMIT = Duration.ofSeconds(60);

  private final Map<String, Object> connection;
  private final String prefix;
  private final Map<Topic, KafkaConsumer<String, byte[]>> readers = new EnumMap<>(Topic.class);
  private final Map<Topic, List<ConsumerRecord<String, byte[]>>> seen = new EnumMap<>(Topic.class);

  private static Set<Topic> topics() {
    Set<Topic> topics = EnumSet.of(Topic.OBSERVED, Topic.CONVERTED, Topic.DEAD);
    topics.addAll(KafkaBed.FOLLOWED);
    return topics;
  }

  KafkaTopics(Map<String, Object> connection) {
    this.connection = connection;
    this.prefix = "t" + COUNT.incrementAndGet() + ".";
    try (Admin admin = Admin.create(connection)) {
      admin.createTopics(TOPICS.stream().map(this::topic).toList()).all().get();
      Eventually.await("every partition to have a leader", () -> answers(admin));
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError("creating topics", e);
    }
  }

  /**
   * Those of the next test are made meanwhile: it takes a second or two until they have leaders.
   */
  static synchronized KafkaTopics ofSharedKafka() {
    CompletableFuture<KafkaTopics> mine = next == null ? create() : next;
    next = null;
    KafkaTopics topics = mine.join();
    next = create();
    return topics;
  }

  private static CompletableFuture<KafkaTopics> create() {
    return CompletableFuture.supplyAsync(
        () -> new KafkaTopics(SharedKafka.broker().connection()),
        task -> Thread.ofPlatform().daemon().start(task));
  }

  String prefix() {
    return prefix;
  }

  private boolean answers(Admin admin) {
    try {
      admin.listOffsets(ends()).all().get();
      return true;
    } catch (ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  private Map<TopicPartition, OffsetSpec> ends() {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (Topic topic : TOPICS) {
      for (int n = 0; n < Topic.PARTITIONS; n++) {
        ends.put(new TopicPartition(topic.name(prefix), n), OffsetSpec.latest());
      }
    }
    return ends;
  }

  private NewTopic topic(Topic topic) {
    String policy = topic.holdsState() ? "compact" : "delete";
    return new NewTopic(topic.name(prefix), Topic.PARTITIONS, (short) 1)
        .configs(Map.of("cleanup.policy", policy));
  }

  /** All committed records, in the order of arrival within a partition. */
  synchronized List<ConsumerRecord<String, byte[]>> records(Topic topic) {
    KafkaConsumer<String, byte[]> reader = readers.computeIfAbsent(topic, this::reader);
    List<ConsumerRecord<String, byte[]>> records =
        seen.computeIfAbsent(topic, _ -> new ArrayList<>());
    Map<TopicPartition, Long> ends = reader.endOffsets(reader.assignment());
    long end = System.nanoTime() + READ_LIMIT.toNanos();
    while (ends.entrySet().stream().anyMatch(e -> reader.position(e.getKey()) < e.getValue())) {
      if (System.nanoTime() > end) {
        throw new AssertionError("the end of " + topic + " was not reached in " + READ_LIMIT);
      }
      reader.poll(POLL).forEach(records::add);
    }
    return List.copyOf(records);
  }

  private KafkaConsumer<String, byte[]> reader(Topic topic) {
    Map<String, Object> settings = new HashMap<>(connection);
    settings.put("isolation.level", "read_committed");
    settings.put("auto.offset.reset", "earliest");
    KafkaConsumer<String, byte[]> reader =
        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    reader.assign(
        IntStream.range(0, Topic.PARTITIONS)
            .mapToObj(n -> new TopicPartition(topic.name(prefix), n))
            .toList());
    return reader;
  }

  @Override
  public void close() {
    readers.values().forEach(KafkaConsumer::close);
    try (Admin admin = Admin.create(connection)) {
      admin.deleteTopics(TOPICS.stream().map(t -> t.name(prefix)).toList());
    }
  }
}
