package dev.longshore.estargz;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Heap for the layers at work, all together. A layer that asks for more when none is left becomes
 * the one that may pass it, up to its own limits, or waits until another gave some back or the one
 * that passes has ended: so all layers together hold at most this much and one layer's limits, and
 * one of them can always go on.
 */
class SharedHeap {
  /** How long a layer waits for others at most: large ones take minutes, and may take turns. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final long bytes;
  private final Duration patience;
  private final ReentrantLock lock = new ReentrantLock(true);
  private final Condition changed = lock.newCondition();
  private long left;
  private boolean passed;

  /**
   * A heap of so many bytes.
   *
   * @param bytes 0 or more; how much counts only where several layers are written at once
   */
  SharedHeap(long bytes) {
    this(bytes, PATIENCE);
  }

  /**
   * @param patience how long a layer waits for others
   */
  SharedHeap(long bytes, Duration patience) {
    this.bytes = bytes;
    this.left = bytes;
    this.patience = patience;
  }

  /** A quarter of the heap: the rest is for buffers, the layer that may pass this, and others. */
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
   * Waits until there is so much, or no other layer passes what is shared.
   *
   * @return whether the bytes were taken; if not, the caller passes from now on
   * @throws HeapBusyException when neither came for as long as a layer waits
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

  /** A layer is about to wait; nothing is given back before it does. */
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
