package dev.longshore.runtime.kafka.follow;

import dev.longshore.catalog.Partition;
import dev.longshore.events.Topic;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What Kafka said of the followed topics when it was asked.
 *
 * @param askedAt when it was asked
 * @param read the offset to read next of each partition, as it was when it was asked
 * @param ids the topics' ids; a topic that was deleted and created again has another
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
   * Why these are not the topics that were read, in words; none if they may well be.
   *
   * @param readFrom ids of the topics that were read; empty if they are not known
   */
  Optional<String> otherThan(Map<Topic, String> readFrom) {
    if (!readFrom.isEmpty() && !readFrom.equals(ids)) {
      TreeSet<Topic> other = new TreeSet<>(ids.keySet());
      other.removeIf(topic -> Objects.equals(ids.get(topic), readFrom.get(topic)));
      return Optional.of("topics " + other + " are not those of before: they were created anew");
    }
    return shrunk().map(partition -> partition + " ends before what was read of it");
  }

  /** A partition that ends before what was read; Kafka never takes records back by itself. */
  private Optional<Partition> shrunk() {
    return read.entrySet().stream()
        .filter(e -> ends.getOrDefault(e.getKey(), Long.MAX_VALUE) < e.getValue())
        .map(Map.Entry::getKey)
        .findFirst();
  }
}
