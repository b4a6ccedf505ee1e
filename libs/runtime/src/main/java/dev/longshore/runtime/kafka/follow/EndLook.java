package dev.longshore.runtime.kafka.follow;

import dev.longshore.catalog.Partition;
import dev.longshore.events.Topic;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Kafka's answer about the followed topics.
 *
 * @param askedAt time of the request
 * @param read the end of what was known of each partition at that time
 * @param ids the topics' ids; a recreated topic has a new one
 * @param ends the end of each partition
 */
record EndLook(
    Instant askedAt, Map<Partition, Long> read, Map<Topic, String> ids, Map<Partition, Long> ends) {
  EndLook {
    read = Map.copyOf(read);
    ids = Map.copyOf(ids);
    ends = Map.copyOf(ends);
  }

  /**
   * Why these are not the topics that were read, in words; empty if they may be.
   *
   * @param readFrom ids of the topics that were read; empty if unknown
   */
  Optional<String> otherThan(Map<Topic, String> readFrom) {
    // A newly followed topic is read from its beginning.
    TreeSet<Topic> other = new TreeSet<>(ids.keySet());
    other.removeIf(
        topic -> Objects.equals(ids.get(topic), readFrom.getOrDefault(topic, ids.get(topic))));
    if (!other.isEmpty()) {
      return Optional.of("topics " + other + " are not the same as before: they were recreated");
    }
    return shrunk().map(partition -> partition + " ends before what was read of it");
  }

  /** A partition that ends before what was read; Kafka never withdraws records by itself. */
  private Optional<Partition> shrunk() {
    return read.entrySet().stream()
        .filter(e -> ends.getOrDefault(e.getKey(), Long.MAX_VALUE) < e.getValue())
        .map(Map.Entry::getKey)
        .findFirst();
  }
}
