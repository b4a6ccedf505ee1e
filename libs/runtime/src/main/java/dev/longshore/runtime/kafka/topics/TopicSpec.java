package dev.longshore.runtime.kafka.topics;

import dev.longshore.events.Topic;
import java.util.Map;

/**
 * The configuration of one topic.
 *
 * @param topic the topic
 * @param name its name in Kafka, with the prefix
 * @param partitions always {@link Topic#PARTITIONS}
 * @param replicas copies that Kafka keeps: 3 in production, 1 in a development run
 * @param config settings by Kafka's names; only those that differ from Kafka's defaults
 */
public record TopicSpec(
    Topic topic, String name, int partitions, short replicas, Map<String, String> config) {
  public TopicSpec {
    config = Map.copyOf(config);
  }
}
