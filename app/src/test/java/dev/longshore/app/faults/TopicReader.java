package dev.longshore.app.faults;

import dev.longshore.events.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads all that was committed to topics. */
public final class TopicReader {
  private static final Duration POLL = Duration.ofMillis(50);
  private final Map<String, Object> kafka;
  private final String prefix;

  /**
   * @param prefix what the topics' names begin with
   */
  public TopicReader(Map<String, Object> kafka, String prefix) {
    this.kafka = kafka;
    this.prefix = prefix;
  }

  public List<ConsumerRecord<String, byte[]>> all(Topic topic) {
    return all(List.of(topic)).get(topic);
  }

  /** All of them with one consumer. */
  Map<Topic, List<ConsumerRecord<String, byte[]>>> all(List<Topic> topics) {
    Map<String, Object> settings = new HashMap<>(kafka);
    settings.put("isolation.level", "read_committed");
    settings.put("auto.offset.reset", "earliest");
    Map<TopicPartition, Topic> partitions = new HashMap<>();
    Map<Topic, List<ConsumerRecord<String, byte[]>>> records = new EnumMap<>(Topic.class);
    for (Topic topic : topics) {
      records.put(topic, new ArrayList<>());
      for (int n = 0; n < Topic.PARTITIONS; n++) {
        partitions.put(new TopicPartition(topic.name(prefix), n), topic);
      }
    }
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(partitions.keySet());
      consumer.seekToBeginning(partitions.keySet());
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions.keySet());
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        for (ConsumerRecord<String, byte[]> one : consumer.poll(POLL)) {
          TopicPartition partition = new TopicPartition(one.topic(), one.partition());
          records.get(partitions.get(partition)).add(one);
        }
      }
    }
    return records;
  }
}
