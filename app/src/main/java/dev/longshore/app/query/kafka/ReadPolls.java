package dev.longshore.app.query.kafka;

import dev.longshore.events.EventJson;
import dev.longshore.events.MalformedEventException;
import dev.longshore.events.PollState;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.record.HeaderNames;
import dev.longshore.runtime.kafka.record.HeaderText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last states of topic {@code polls}: each look reads what came since the one before. A
 * registry of 10,000 repositories has as many states, and each look would read all of them
 * otherwise.
 */
final class ReadPolls {
  private static final Duration LIMIT = Duration.ofSeconds(15);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Logger LOG = LoggerFactory.getLogger(ReadPolls.class);

  private final Consumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;
  private final Map<String, PollState> states = new HashMap<>();
  private final Map<TopicPartition, Long> read = new HashMap<>();

  ReadPolls(Consumer<byte[], byte[]> consumer, String topicPrefix) {
    this.consumer = consumer;
    String topic = Topic.POLLS.name(topicPrefix);
    this.partitions =
        IntStream.range(0, Topic.PARTITIONS).mapToObj(n -> new TopicPartition(topic, n)).toList();
  }

  /**
   * Reads on to the present end.
   *
   * @throws TimeoutException when that is not reached in time
   */
  List<PollState> now() {
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    if (read.entrySet().stream()
        .anyMatch(one -> ends.getOrDefault(one.getKey(), 0L) < one.getValue())) {
      // Another topic of that name.
      states.clear();
      read.clear();
    }
    List<TopicPartition> newer =
        partitions.stream()
            .filter(one -> read.getOrDefault(one, 0L) < ends.getOrDefault(one, 0L))
            .toList();
    consumer.assign(newer);
    newer.forEach(one -> consumer.seek(one, read.getOrDefault(one, 0L)));
    long until = System.nanoTime() + LIMIT.toNanos();
    while (newer.stream().anyMatch(one -> position(one) < ends.getOrDefault(one, 0L))) {
      if (System.nanoTime() > until) {
        throw new TimeoutException("topic polls: no end within " + LIMIT);
      }
      consumer.poll(POLL).forEach(this::take);
    }
    return List.copyOf(states.values());
  }

  private long position(TopicPartition partition) {
    long position = consumer.position(partition);
    read.put(partition, position);
    return position;
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) {
      return;
    }
    String key = new String(record.key(), StandardCharsets.UTF_8);
    states.remove(key);
    value(record, key).ifPresent(state -> states.put(key, state));
  }

  private static Optional<PollState> value(ConsumerRecord<byte[], byte[]> record, String key) {
    String type = HeaderText.get(record.headers(), HeaderNames.CE_TYPE);
    if (record.value() == null || type == null) {
      return Optional.empty();
    }
    try {
      return EventJson.read(record.value(), type) instanceof PollState state
          ? Optional.of(state)
          : Optional.empty();
    } catch (MalformedEventException e) {
      LOG.warn("{} of {} cannot be read: {}", key, record.topic(), e.getMessage());
      return Optional.empty();
    }
  }
}
