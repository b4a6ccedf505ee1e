package dev.longshore.watcher;

import dev.longshore.model.Reference;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Names to hint, each once however often it changed, so never more than there are names. */
final class ChangedImages {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition more = lock.newCondition();
  private final Set<Reference> names = new LinkedHashSet<>();

  void add(Reference name) {
    addAll(Set.of(name));
  }

  void addAll(Collection<Reference> changed) {
    lock.lock();
    try {
      names.addAll(changed);
      more.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for one. */
  Reference take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (names.isEmpty()) {
        more.await();
      }
      Iterator<Reference> first = names.iterator();
      Reference name = first.next();
      first.remove();
      return name;
    } finally {
      lock.unlock();
    }
  }
}
