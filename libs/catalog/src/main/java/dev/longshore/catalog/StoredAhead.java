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
  private long rebuilds;

  /** Number of rebuilds so far, to be read before records are stored. */
  synchronized long rebuilds() {
    return rebuilds;
  }

  /**
   * Notes what was stored. What a rebuild overtook has to come again, or the rebuild would drop it.
   *
   * @param rebuildsBefore as it was before they were stored
   */
  synchronized void add(List<CatalogRecord> records, long rebuildsBefore) {
    if (rebuildsBefore != rebuilds) {
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

  /** A rebuild begins. */
  synchronized void rebuild() {
    rebuilds++;
    count = 0;
    offsets.clear();
  }
}
