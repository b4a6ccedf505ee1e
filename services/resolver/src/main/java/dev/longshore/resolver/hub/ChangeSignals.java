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
  private final Map<String, Signal> signals = new ConcurrentHashMap<>();
  private final List<CatalogSubscription> subscriptions;

  ChangeSignals(Catalog catalog, SiteGroups groups) {
    this.groups = groups;
    this.subscriptions =
        List.of(
            catalog.onChange(this::changed),
            catalog.onRebuilt(() -> signals.values().forEach(Signal::give)));
  }

  /** Counts the changes of a group, and wakes waiters. */
  static final class Signal {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long count;

    private void give() {
      lock.lock();
      try {
        count++;
        changed.signalAll();
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
        changed.signalAll();
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
          left = changed.awaitNanos(left);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  Signal of(SiteGroup group) {
    return signals.computeIfAbsent(group.line().name(), _ -> new Signal());
  }

  private void changed(CatalogRecord record) {
    if (!(record.value() instanceof ServedState served)) {
      return;
    }
    for (SiteGroup group : groups.now()) {
      if (group.rules().mayTell(served)) {
        of(group).give();
      }
    }
  }

  @Override
  public void close() {
    subscriptions.forEach(CatalogSubscription::close);
  }
}
