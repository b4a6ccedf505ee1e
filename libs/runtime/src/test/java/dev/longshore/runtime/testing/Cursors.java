package dev.longshore.runtime.testing;

import dev.longshore.events.Topic;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** How far somebody has read the partitions of some topics. */
final class Cursors {
  private final MemoryLog log;
  private final Map<Topic, int[]> next = new EnumMap<>(Topic.class);

  Cursors(MemoryLog log, Set<Topic> topics) {
    this.log = log;
    topics.forEach(topic -> next.put(topic, new int[Topic.PARTITIONS]));
  }

  Set<Topic> topics() {
    return next.keySet();
  }

  /** The record that is next in the partition; empty at its end. */
  List<ConsumerRecord<String, byte[]>> peek(Topic topic, int partition) {
    // Asked of every partition at each move of a simulation, and nearly always at its end.
    if (next.get(topic)[partition] == log.size(topic, partition)) {
      return List.of();
    }
    return log.at(topic, partition, next.get(topic)[partition]).stream().toList();
  }

  void advance(Topic topic, int partition) {
    next.get(topic)[partition]++;
  }

  /** Reads to the end of every partition. */
  void drain(Consumer<ConsumerRecord<String, byte[]>> reader) {
    for (Topic topic : next.keySet()) {
      for (int partition = 0; partition < Topic.PARTITIONS; partition++) {
        for (var found = peek(topic, partition); !found.isEmpty(); found = peek(topic, partition)) {
          advance(topic, partition);
          reader.accept(found.getFirst());
        }
      }
    }
  }
}
