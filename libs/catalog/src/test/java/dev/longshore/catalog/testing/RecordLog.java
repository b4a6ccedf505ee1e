package dev.longshore.catalog.testing;

import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.Partition;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Topics in memory: gives records their partition and offset; never forgets one. */
public final class RecordLog {
  private final List<CatalogRecord> records = new ArrayList<>();
  private final Map<Partition, Long> ends = new HashMap<>();
  private Instant now;

  /** A log whose first record is of {@link Samples#NOW}. */
  public RecordLog() {
    this(Samples.NOW);
  }

  /** A log whose records are appended from the instant on, a millisecond apart. */
  public RecordLog(Instant start) {
    this.now = start;
  }

  /** Appends a state. */
  public synchronized CatalogRecord put(State state) {
    Topic topic = Topic.of(state);
    return add(topic, state.key(), state, null);
  }

  /** Appends a tombstone. */
  public synchronized CatalogRecord delete(Topic topic, String key) {
    return add(topic, key, null, null);
  }

  /** Appends what a record of {@code failed} or {@code retry} says. */
  public synchronized CatalogRecord trouble(Topic topic, WorkFailure trouble) {
    return add(topic, trouble.key(), null, trouble);
  }

  /** All records so far. */
  public synchronized List<CatalogRecord> records() {
    return List.copyOf(records);
  }

  /** The offset after the last record of each partition that has one. */
  public synchronized Map<Partition, Long> ends() {
    return Map.copyOf(ends);
  }

  private CatalogRecord add(
      Topic topic, String key, @Nullable State state, @Nullable WorkFailure trouble) {
    Partition partition = new Partition(topic, Math.floorMod(key.hashCode(), Topic.PARTITIONS));
    long offset = ends.merge(partition, 1L, Long::sum) - 1;
    now = now.plusMillis(1);
    CatalogRecord record =
        new CatalogRecord(topic, partition.number(), offset, now, key, state, trouble);
    records.add(record);
    return record;
  }
}
