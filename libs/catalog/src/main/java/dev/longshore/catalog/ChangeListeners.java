package dev.longshore.catalog;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notifies listeners of stored changes. */
final class ChangeListeners {
  private static final Logger log = LoggerFactory.getLogger(ChangeListeners.class);

  private final List<Consumer<CatalogRecord>> listeners = new CopyOnWriteArrayList<>();
  private final List<Runnable> rebuildListeners = new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long count;

  CatalogSubscription add(Consumer<CatalogRecord> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  CatalogSubscription addRebuild(Runnable listener) {
    rebuildListeners.add(listener);
    return () -> rebuildListeners.remove(listener);
  }

  void tellOfRebuild() {
    wakeLooks();
    rebuildListeners.forEach(Runnable::run);
  }

  private void wakeLooks() {
    lock.lock();
    try {
      count++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void tell(List<CatalogRecord> applied) {
    if (applied.isEmpty()) {
      return;
    }
    wakeLooks();
    for (CatalogRecord record : applied) {
      listeners.forEach(l -> tell(l, record));
    }
  }

  private static void tell(Consumer<CatalogRecord> listener, CatalogRecord record) {
    try {
      listener.accept(record);
    } catch (RuntimeException e) {
      // A failing listener must not stop the catalog.
      log.error("catalog: a listener failed at {} {}", record.topic(), record.key(), e);
    }
  }

  <T> Optional<T> await(Supplier<Optional<T>> look, Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      long seen = count();
      Optional<T> found = look.get();
      if (found.isPresent() || !awaitOther(seen, deadline)) {
        return found;
      }
    }
  }

  private long count() {
    lock.lock();
    try {
      return count;
    } finally {
      lock.unlock();
    }
  }

  private boolean awaitOther(long seen, long deadline) throws InterruptedException {
    lock.lock();
    try {
      while (count == seen) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }
}
