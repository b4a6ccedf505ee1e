package dev.longshore.runtime.kafka.follow;

import dev.longshore.events.Topic;
import dev.longshore.runtime.testing.KafkaBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * How Kafka forgets what is no longer so in a topic.
 *
 * @param topic its name in Kafka
 */
record Compaction(KafkaBroker kafka, Admin admin, String topic) {
  private static final Map<String, String> EAGER =
      Map.of(
          "segment.ms", "50",
          "min.cleanable.dirty.ratio", "0.001",
          "delete.retention.ms", "0");

  /** Lets Kafka forget deletions as soon as it can. */
  void beEager() throws Exception {
    List<AlterConfigOp> changes =
        EAGER.entrySet().stream()
            .map(
                e ->
                    new AlterConfigOp(
                        new ConfigEntry(e.getKey(), e.getValue()), AlterConfigOp.OpType.SET))
            .toList();
    admin
        .incrementalAlterConfigs(
            Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), changes))
        .all()
        .get();
  }

  /** Whether a record of the key is still there, a deletion included. */
  boolean keeps(String key) {
    try (Consumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            kafka.connection(), new StringDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          IntStream.range(0, Topic.PARTITIONS).mapToObj(n -> new TopicPartition(topic, n)).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (var record : consumer.poll(Duration.ofSeconds(1))) {
          if (key.equals(record.key())) {
            return true;
          }
        }
      }
      return false;
    }
  }
}
