package dev.longshore.resolver.hub;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.CatalogSubscription;
import dev.longshore.events.ServedState;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Wakes the sites of a group when a name changes that its rules name. A record is matched once with
 * each group, however many of its sites wait.
 */
final class Bells implements AutoCloseable {
  private final List<SiteGroup> groups;
  private final List<Bell> bells;
  private final List<CatalogSubscription> subscriptions;

  Bells(Catalog catalog, Collection<SiteGroup> groups) {
    this.groups = List.copyOf(groups);
    this.bells = this.groups.stream().map(_ -> new Bell()).toList();
    this.subscriptions =
        List.of(
            catalog.onChange(this::changed), catalog.onRebuilt(() -> bells.forEach(Bell::ring)));
  }

  /** Counts what changed in a group, and lets who waits for it go on. */
  static final class Bell {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition rung = lock.newCondition();
    private long count;

    private void ring() {
      lock.lock();
      try {
        count++;
        rung.signalAll();
      } finally {
        lock.unlock();
      }
    }

    /** Number of changes so far. */
    long count() {
      lock.lock();
      try {
        return count;
      } finally {
        lock.unlock();
      }
    }

    /** Waits for another change than these, and no longer than the time. */
    void await(long seen, Duration time) throws InterruptedException {
      long left = time.toNanos();
      lock.lock();
      try {
        while (count == seen && left > 0) {
          left = rung.awaitNanos(left);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  Bell of(SiteGroup group) {
    return bells.get(groups.indexOf(group));
  }

  private void changed(CatalogRecord record) {
    if (!(record.value() instanceof ServedState served)) {
      return;
    }
    for (int i = 0; i < groups.size(); i++) {
      if (groups.get(i).rules().of(served).isPresent()) {
        bells.get(i).ring();
      }
    }
  }

  @Override
  public void close() {
    subscriptions.forEach(CatalogSubscription::close);
  }
}
