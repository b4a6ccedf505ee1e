package dev.longshore.pinner;

import dev.longshore.catalog.NameLooks;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The partitions of names that are assigned to this process, until one is seen to be lost. */
final class NameAssignments {
  private final NameLooks looks;
  private final InstantSource clock;

  /** Each with the number of its assignment. */
  private final Map<Integer, Long> assigned = new ConcurrentHashMap<>();

  private final AtomicLong count = new AtomicLong();
  private volatile @Nullable Instant last;

  NameAssignments(NameLooks looks, InstantSource clock) {
    this.looks = looks;
    this.clock = clock;
  }

  void add(int partition) {
    assigned.put(partition, count.incrementAndGet());
    last = clock.instant();
  }

  /** Whether there was none yet. */
  boolean isFirstToCome() {
    return last == null;
  }

  Map<Integer, Long> now() {
    return Map.copyOf(assigned);
  }

  /** Whether the partition is still assigned as it was. */
  boolean isStill(int partition, long assignment) {
    return Long.valueOf(assignment).equals(assigned.get(partition));
  }

  /** Whether another process looks at the names of this partition, which is not assigned here. */
  boolean isAnothers(int partition, NameRound round) {
    if (round.isMarked(partition)) {
      if (!NameWatch.isOver(last, clock.instant())) {
        return false; // it may be about to come
      }
      looks.end(partition);
      round.marked().remove(partition);
    }
    lose(partition, round);
    return true;
  }

  /** The partition is not assigned here any more, unless it came again since. */
  void lose(int partition, NameRound round) {
    Long assignment = round.assigned().get(partition);
    if (assignment != null) {
      assigned.remove(partition, assignment);
    }
  }
}
