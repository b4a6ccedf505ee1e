package dev.longshore.runtime.kafka.follow;

import dev.longshore.catalog.CatalogWriter;
import dev.longshore.catalog.Partition;
import dev.longshore.events.Topic;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where a session starts to read.
 *
 * @param again whether the stored positions cannot be used
 * @param why the reason in words, empty if they can
 * @param positions the first offset to read of each partition
 */
record StartPoint(Again again, String why, Map<Partition, Long> positions) {
  /** Whether to start again, and how. */
  enum Again {
    NO,
    /** The topics are the same, but something in them may have been missed. */
    SAME_TOPICS,
    /** The stored offsets say nothing about these topics. */
    NEW_TOPICS
  }

  /**
   * Compares the stored positions with the topics.
   *
   * @param stored the stored positions
   * @param look made with these, or with what is known beyond them
   */
  static StartPoint of(
      CatalogWriter store,
      Map<Partition, Long> stored,
      EndLook look,
      Map<Partition, Long> earliest) {
    Optional<String> other = look.otherThan(store.topicIds());
    if (other.isPresent()) {
      return new StartPoint(Again.NEW_TOPICS, other.get(), earliest);
    }
    if (store.isTooOld()) {
      return new StartPoint(
          Again.SAME_TOPICS, "the last complete look is 30 days old or older", earliest);
    }
    Optional<Partition> cut = cut(stored, earliest);
    if (cut.isPresent()) {
      return new StartPoint(
          Again.SAME_TOPICS, cut.get() + " begins after what was read of it", earliest);
    }
    Map<Partition, Long> positions = new HashMap<>(earliest);
    stored.forEach((p, o) -> positions.merge(p, o, Math::max));
    return new StartPoint(Again.NO, "", positions);
  }

  /**
   * A partition of a state topic whose unread beginning is gone; work topics lose theirs by
   * retention.
   */
  private static Optional<Partition> cut(
      Map<Partition, Long> stored, Map<Partition, Long> earliest) {
    return stored.entrySet().stream()
        .filter(e -> e.getKey().topic().retention() == Topic.Retention.COMPACTED)
        .filter(e -> earliest.getOrDefault(e.getKey(), 0L) > e.getValue())
        .map(Map.Entry::getKey)
        .findFirst();
  }
}
