package dev.longshore.catalog;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Records of state that this process stored when it had committed them, and which the source has
 * still to pass. Kept in memory: after a restart it reads them again. Safe for any number of
 * threads.
 */
final class StoredAhead {
  /** A few megabytes; what is beyond is read twice. */
  private static final int MOST = 20_000;

  private static final TreeSet<Long> NONE = new TreeSet<>();

  private final Map<Partition, TreeSet<Long>> offsets = new HashMap<>();
  private int count;
  private long beginnings;

  /** How often the source has begun so far, to be read before records are committed. */
  synchronized long beginnings() {
    return beginnings;
  }

  /**
   * Notes what was stored. What a beginning overtook has to come again: a rebuild would drop it,
   * and its offset may be another record's by now.
   *
   * @param beginningsBefore as it was before they were committed
   */
  synchronized void add(List<CatalogRecord> records, long beginningsBefore) {
    if (beginningsBefore != beginnings) {
      return;
    }
    for (CatalogRecord record : records) {
      if (record.topic().holdsState() && count < MOST) {
        Partition partition = new Partition(record.topic(), record.partition());
        boolean isNew =
            offsets.computeIfAbsent(partition, _ -> new TreeSet<>()).add(record.offset());
        count += isNew ? 1 : 0;
      }
    }
  }

  synchronized boolean has(Partition partition, long offset) {
    return offsets.getOrDefault(partition, NONE).contains(offset);
  }

  /** The source has passed what is before these. */
  synchronized void passed(Map<Partition, Long> positions) {
    positions.forEach(
        (partition, next) -> {
          Set<Long> before = offsets.getOrDefault(partition, NONE).headSet(next);
          count -= before.size();
          before.clear();
        });
  }

  /** The next offset after what is noted of each partition. */
  synchronized Map<Partition, Long> ends() {
    Map<Partition, Long> ends = new HashMap<>();
    offsets.forEach(
        (partition, its) -> {
          if (!its.isEmpty()) {
            ends.put(partition, its.last() + 1);
          }
        });
    return ends;
  }

  /** The source begins: the topics may be others, or have lost their ends. */
  synchronized void begin() {
    beginnings++;
    count = 0;
    offsets.clear();
  }
}
