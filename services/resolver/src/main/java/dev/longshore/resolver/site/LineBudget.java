package dev.longshore.resolver.site;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Limits received bytes that wait for their readers, over all streams of a site. Each open stream
 * gets an equal part, and an empty one can always take one piece, so that none waits for another.
 */
final class LineBudget {
  private final long most;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private long taken;
  private int open;

  /**
   * @param most bytes, beside a piece for each stream
   */
  LineBudget(long most) {
    this.most = most;
  }

  /** A stream's part of it, for as long as it is open. */
  Share open(long limit) {
    lock.lock();
    try {
      open++;
      return new Share(limit);
    } finally {
      lock.unlock();
    }
  }

  /** Bytes that wait now. */
  long taken() {
    lock.lock();
    try {
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** What one stream has of it. */
  final class Share implements AutoCloseable {
    private final long limit;
    private long held;
    private boolean closed;

    private Share(long limit) {
      this.limit = limit;
    }

    /** Waits until there is room; returns whether the stream is still open. */
    boolean take(int bytes) throws InterruptedException {
      lock.lockInterruptibly();
      try {
        while (!closed && !hasRoom(bytes)) {
          room.await();
        }
        if (!closed) {
          held += bytes;
          taken += bytes;
        }
        return !closed;
      } finally {
        lock.unlock();
      }
    }

    private boolean hasRoom(int bytes) {
      return held == 0 || (held + bytes <= Math.min(limit, most / open) && taken + bytes <= most);
    }

    void giveBack(int bytes) {
      lock.lock();
      try {
        if (!closed) {
          held -= bytes;
          taken -= bytes;
          room.signalAll();
        }
      } finally {
        lock.unlock();
      }
    }

    /** Nobody reads what it has any more. */
    @Override
    public void close() {
      lock.lock();
      try {
        if (!closed) {
          closed = true;
          open--;
          taken -= held;
          held = 0;
          room.signalAll();
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
