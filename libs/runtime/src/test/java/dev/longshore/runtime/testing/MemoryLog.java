package dev.longshore.runtime.testing;

import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Topics with partitions and offsets. */
final class MemoryLog {
  private final Map<Topic, List<ConsumerRecord<String, byte[]>>> inOrder =
      new EnumMap<>(Topic.class);
  private final Map<Topic, List<List<ConsumerRecord<String, byte[]>>>> partitions =
      new EnumMap<>(Topic.class);

  MemoryLog() {
    for (Topic topic : Topic.values()) {
      inOrder.put(topic, new ArrayList<>());
      List<List<ConsumerRecord<String, byte[]>>> empty = new ArrayList<>();
      for (int i = 0; i < Topic.PARTITIONS; i++) {
        empty.add(new ArrayList<>());
      }
      partitions.put(topic, empty);
    }
  }

  synchronized ConsumerRecord<String, byte[]> append(
      Topic topic, ProducerRecord<String, byte[]> record, Instant now) {
    int partition = KeyPartitions.of(record.key());
    List<ConsumerRecord<String, byte[]>> log = partitions.get(topic).get(partition);
    ConsumerRecord<String, byte[]> kept =
        new ConsumerRecord<>(
            topic.name(""),
            partition,
            log.size(),
            now.toEpochMilli(),
            TimestampType.LOG_APPEND_TIME,
            record.key().length(),
            record.value() == null ? 0 : record.value().length,
            record.key(),
            record.value(),
            new RecordHeaders(record.headers()),
            Optional.empty());
    log.add(kept);
    inOrder.get(topic).add(kept);
    return kept;
  }

  synchronized Optional<ConsumerRecord<String, byte[]>> at(Topic topic, int partition, int offset) {
    List<ConsumerRecord<String, byte[]>> log = partitions.get(topic).get(partition);
    return offset < log.size() ? Optional.of(log.get(offset)) : Optional.empty();
  }

  synchronized int size(Topic topic, int partition) {
    return partitions.get(topic).get(partition).size();
  }

  /** Records of a topic from the one on that arrived after so many others. */
  synchronized List<ConsumerRecord<String, byte[]>> since(Topic topic, int count) {
    List<ConsumerRecord<String, byte[]>> all = inOrder.get(topic);
    return count == all.size() ? List.of() : List.copyOf(all.subList(count, all.size()));
  }

  synchronized List<ConsumerRecord<String, byte[]>> inOrder(Topic topic) {
    return List.copyOf(inOrder.get(topic));
  }
}
