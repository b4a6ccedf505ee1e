package dev.longshore.catalog;

import dev.longshore.events.Topic;

/**
 * One partition of a topic.
 *
 * @param topic the topic
 * @param number from 0 to {@link Topic#PARTITIONS} - 1
 */
public record Partition(Topic topic, int number) {
  public Partition {
    if (number < 0 || number >= Topic.PARTITIONS) {
      throw new IllegalArgumentException(
          "number: " + number + " (expected: 0.." + (Topic.PARTITIONS - 1) + ")");
    }
  }
}
