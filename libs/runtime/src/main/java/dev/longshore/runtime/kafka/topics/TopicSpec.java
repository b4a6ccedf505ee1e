package dev.longshore.runtime.kafka.topics;

import dev.longshore.events.Topic;
import java.util.Map;

/**
 * How one topic is set up.
 *
 * @param topic the topic
 * @param name its name in Kafka, with the prefix
 * @param partitions always {@link Topic#PARTITIONS}
 * @param replicas copies that Kafka keeps: 3 in production, 1 in a development run
 * @param config settings by Kafka's names, those alone that differ from Kafka's own values
 */
public record TopicSpec(
    Topic topic, String name, int partitions, short replicas, Map<String, String> config) {
  public TopicSpec {
    config = Map.copyOf(config);
  }
}
