package dev.longshore.resolver.site;

import dev.longshore.model.ImageDag;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The running fetch-ahead of leaves. A request for the same image takes over from it: what has
 * arrived goes to the node before the missing blocks are determined, so nothing comes twice.
 */
final class AheadFetch {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition left = lock.newCondition();
  private @Nullable ImageDag dag;

  /** Ends the open request for leaves. */
  private @Nullable Runnable finish;

  /** Leaves of it may come until {@link #end}. */
  void begin(ImageDag its) {
    lock.lock();
    try {
      dag = its;
      finish = null;
    } finally {
      lock.unlock();
    }
  }

  /** A request for leaves is open. */
  void opened(Runnable finishes) {
    lock.lock();
    try {
      finish = finishes;
      // Somebody may have come before it was open.
      left.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The node has what arrived. */
  void end() {
    lock.lock();
    try {
      dag = null;
      finish = null;
      left.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends a fetch-ahead of it in favor of a request.
   *
   * @param limit longest wait until the node has what arrived
   */
  void takeOver(ImageDag wanted, Duration limit) throws InterruptedException {
    long nanos = limit.toNanos();
    lock.lockInterruptibly();
    try {
      while (wanted.equals(dag) && nanos > 0) {
        Runnable open = finish;
        if (open != null) {
          finish = null;
          open.run();
        }
        nanos = left.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }
}
