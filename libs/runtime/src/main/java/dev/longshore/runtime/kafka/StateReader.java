package dev.longshore.runtime.kafka;

import dev.longshore.events.EventJson;
import dev.longshore.events.LongshoreRecord;
import dev.longshore.events.MalformedEventException;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.link.KafkaFailure;
import dev.longshore.runtime.kafka.record.HeaderNames;
import dev.longshore.runtime.kafka.record.HeaderText;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the current states of a topic that no catalog follows. */
public final class StateReader {
  private static final Duration POLL = Duration.ofMillis(100);

  /** By default a broker holds the fetch after the last record for half a second. */
  private static final int FETCH_WAIT_MILLIS = 10;

  private static final Logger LOG = LoggerFactory.getLogger(StateReader.class);

  private final Map<String, Object> settings;
  private final String topicPrefix;
  private final Duration limit;

  /**
   * A reader that connects when it reads.
   *
   * @param connection Kafka client settings: bootstrap.servers, and how to log in
   * @param limit time limit of one reading
   */
  public StateReader(Map<String, Object> connection, String topicPrefix, Duration limit) {
    this.settings = new HashMap<>(connection);
    this.topicPrefix = topicPrefix;
    this.limit = limit;
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "earliest");
    settings.put("fetch.max.wait.ms", FETCH_WAIT_MILLIS);
    settings.put("default.api.timeout.ms", (int) limit.toMillis());
    settings.put("request.timeout.ms", (int) limit.toMillis());
  }

  /** The values of all keys. Skips records that this release cannot read. */
  public List<State> read(Topic topic) throws IOException, InterruptedException {
    return read(topic, IntStream.range(0, Topic.PARTITIONS).boxed().toList());
  }

  /** The same for these partitions. */
  public List<State> read(Topic topic, Collection<Integer> partitions)
      throws IOException, InterruptedException {
    String name = topic.name(topicPrefix);
    return read(
        partitions.stream().map(partition -> new TopicPartition(name, partition)).toList(),
        "reading " + name + ": ");
  }

  /** The same for one partition. */
  public List<State> read(Topic topic, int partition) throws IOException, InterruptedException {
    TopicPartition place = new TopicPartition(topic.name(topicPrefix), partition);
    return read(List.of(place), "reading " + place + ": ");
  }

  private List<State> read(List<TopicPartition> places, String what)
      throws IOException, InterruptedException {
    try {
      KafkaConsumer<String, byte[]> consumer =
          new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
      try {
        return read(consumer, places, what);
      } finally {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
      }
    } catch (InterruptException e) {
      // Kafka's unchecked version, which has set the thread's flag again.
      Thread.interrupted();
      throw new InterruptedException(what + "interrupted");
    } catch (KafkaException e) {
      throw new IOException(what + KafkaFailure.words(e), e);
    }
  }

  private List<State> read(
      KafkaConsumer<String, byte[]> consumer, List<TopicPartition> places, String what)
      throws IOException {
    long end = System.nanoTime() + limit.toNanos();
    consumer.assign(places);
    consumer.seekToBeginning(places);
    Map<TopicPartition, Long> last = consumer.endOffsets(places);
    Map<String, State> states = new HashMap<>();
    for (TopicPartition place : places) {
      while (consumer.position(place) < last.getOrDefault(place, 0L)) {
        if (System.nanoTime() - end > 0) {
          throw new IOException(what + "no end within " + limit);
        }
        consumer.poll(POLL).forEach(record -> take(record, states));
      }
    }
    return List.copyOf(states.values());
  }

  private static void take(ConsumerRecord<String, byte[]> record, Map<String, State> states) {
    if (record.key() == null) {
      return;
    }
    states.remove(record.key());
    value(record).ifPresent(state -> states.put(record.key(), state));
  }

  private static Optional<State> value(ConsumerRecord<String, byte[]> record) {
    String type = HeaderText.get(record.headers(), HeaderNames.CE_TYPE);
    if (record.value() == null || type == null) {
      return Optional.empty();
    }
    try {
      LongshoreRecord read = EventJson.read(record.value(), type);
      return read instanceof State state ? Optional.of(state) : Optional.empty();
    } catch (MalformedEventException e) {
      LOG.warn("{} of {} cannot be read: {}", record.key(), record.topic(), e.getMessage());
      return Optional.empty();
    }
  }
}
