package dev.longshore.resolver.site;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Wakes a waiting loop. A signal before the wait counts as well. */
final class Signal {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean given;

  void give() {
    lock.lock();
    try {
      given = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether it was given, before or within the time. */
  boolean await(Duration limit) throws InterruptedException {
    lock.lock();
    try {
      long left = limit.toNanos();
      while (!given && left > 0) {
        left = changed.awaitNanos(left);
      }
      boolean was = given;
      given = false;
      return was;
    } finally {
      lock.unlock();
    }
  }
}
