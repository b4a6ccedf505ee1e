package dev.longshore.resolver.image;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * A bounded queue for work where only the newest is worth doing: the oldest is dropped. While work
 * arrives faster than it is done, none is done: whoever brings it needs the machine first.
 */
final class NewestFirst<T> {
  /** How many may wait while others come. */
  static final int FEW = 3;

  /**
   * With more than that, time since the last one came: several times what an image takes in a burst
   * on a busy machine.
   */
  static final Duration QUIET = Duration.ofMillis(500);

  private final int limit;
  private final LongSupplier nanos;
  private final Deque<T> waiting = new ArrayDeque<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition added = lock.newCondition();
  private long lastAt;

  /**
   * @param limit capacity, at least 1
   */
  NewestFirst(int limit) {
    this(limit, System::nanoTime);
  }

  /**
   * The same by this clock.
   *
   * @param nanos as {@link System#nanoTime}
   */
  NewestFirst(int limit, LongSupplier nanos) {
    this.limit = limit;
    this.nanos = nanos;
  }

  /** Adds one before all others, once, and drops the oldest if there are too many. */
  void add(T name) {
    lock.lock();
    try {
      waiting.remove(name);
      if (waiting.size() == limit) {
        waiting.removeLast();
      }
      waiting.addFirst(name);
      lastAt = nanos.getAsLong();
      added.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for one. */
  T take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        long pause = pause();
        if (waiting.isEmpty()) {
          added.await();
        } else if (pause > 0) {
          long _ = added.awaitNanos(pause);
        } else {
          return waiting.removeFirst();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Nanoseconds for which others go first. */
  private long pause() {
    return waiting.size() <= FEW ? 0 : lastAt + QUIET.toNanos() - nanos.getAsLong();
  }
}
