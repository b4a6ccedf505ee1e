package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.Topic;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Counts changes of the records that say which pins peers should have. */
final class RecordChanges {
  private static final Set<Topic> TOPICS =
      EnumSet.of(Topic.IMAGES, Topic.PINS, Topic.COPIES, Topic.DECISIONS);

  private final AtomicLong count = new AtomicLong();

  /** Counts for as long as the catalog is open. */
  RecordChanges(Catalog catalog) {
    var _ = catalog.onChange(this::changed);
    var _ = catalog.onRebuilt(count::incrementAndGet);
  }

  private void changed(CatalogRecord record) {
    if (TOPICS.contains(record.topic())) {
      count.incrementAndGet();
    }
  }

  /** Grows with each change. */
  long count() {
    return count.get();
  }
}
