package dev.longshore.estargz;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Heap shared by all layers in progress. When it is used up, one layer may exceed it, up to its own
 * limits; others wait until memory is returned or that layer has ended. So all layers together hold
 * at most this much plus one layer's limits, and one of them can always go on.
 */
class SharedHeap {
  /** Longest wait of a layer for others: large ones take minutes, and may take turns. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final long bytes;
  private final Duration patience;
  private final ReentrantLock lock = new ReentrantLock(true);
  private final Condition changed = lock.newCondition();
  private long left;
  private boolean passed;

  /**
   * @param bytes 0 or more; matters only if several layers are written concurrently
   */
  SharedHeap(long bytes) {
    this(bytes, PATIENCE);
  }

  /**
   * @param patience longest wait of a layer for others
   */
  SharedHeap(long bytes, Duration patience) {
    this.bytes = bytes;
    this.left = bytes;
    this.patience = patience;
  }

  /**
   * A quarter of the heap: the rest is for buffers, for the layer that may exceed this, and for
   * other uses.
   */
  static SharedHeap ofThisProcess() {
    return new SharedHeap(Runtime.getRuntime().maxMemory() / 4);
  }

  boolean tryTake(long wanted) {
    lock.lock();
    try {
      boolean there = wanted <= left;
      if (there) {
        left -= wanted;
      }
      return there;
    } finally {
      lock.unlock();
    }
  }

  void giveBack(long taken) {
    lock.lock();
    try {
      left += taken;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the bytes are free, or no other layer exceeds the shared heap.
   *
   * @return whether the bytes were taken; if not, the caller may exceed the heap from now on
   * @throws HeapBusyException when neither happened in the longest wait
   */
  boolean takeOrPass(long wanted) throws HeapBusyException, InterruptedException {
    lock.lockInterruptibly();
    try {
      long nanos = patience.toNanos();
      while (wanted > left && passed) {
        if (nanos <= 0) {
          throw new HeapBusyException(wanted, bytes, patience);
        }
        waits();
        nanos = changed.awaitNanos(nanos);
      }
      if (wanted <= left) {
        left -= wanted;
        return true;
      }
      passed = true;
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Runs before a layer waits; nothing is returned before that. */
  void waits() {}

  void endPassing() {
    lock.lock();
    try {
      passed = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
