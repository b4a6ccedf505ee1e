package dev.longshore.resolver.hub;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.CatalogSubscription;
import dev.longshore.events.ServedState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Wakes the sites of a group when a name in its rules changes. A record is matched once per group,
 * however many of its sites wait.
 */
final class ChangeSignals implements AutoCloseable {
  private final SiteGroups groups;
  private final Map<String, Bell> bells = new ConcurrentHashMap<>();
  private final List<CatalogSubscription> subscriptions;

  ChangeSignals(Catalog catalog, SiteGroups groups) {
    this.groups = groups;
    this.subscriptions =
        List.of(
            catalog.onChange(this::changed),
            catalog.onRebuilt(() -> bells.values().forEach(Bell::ring)));
  }

  /** Counts the changes of a group, and wakes waiters. */
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

    /** Has those that wait look whether they still should. */
    void wake() {
      lock.lock();
      try {
        rung.signalAll();
      } finally {
        lock.unlock();
      }
    }

    /** Waits for further changes within the time, unless it is over. */
    void await(long seen, Duration time, BooleanSupplier isOver) throws InterruptedException {
      long left = time.toNanos();
      lock.lock();
      try {
        while (count == seen && !isOver.getAsBoolean() && left > 0) {
          left = rung.awaitNanos(left);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  Bell of(SiteGroup group) {
    return bells.computeIfAbsent(group.line().name(), _ -> new Bell());
  }

  private void changed(CatalogRecord record) {
    if (!(record.value() instanceof ServedState served)) {
      return;
    }
    for (SiteGroup group : groups.now()) {
      if (group.rules().mayTell(served)) {
        of(group).ring();
      }
    }
  }

  @Override
  public void close() {
    subscriptions.forEach(CatalogSubscription::close);
  }
}
