package dev.longshore.converter.estargz;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Heap for the layers at work, all together. A layer that asks for more when none is left becomes
 * the one that may pass it, up to its own limits, or waits until the one that does has ended: so
 * all layers together hold at most this much and one layer's limits, and one of them can always go
 * on.
 */
final class SharedHeap {
  private final AtomicLong left;
  private final Semaphore passing = new Semaphore(1, true);

  /**
   * A heap of so many bytes.
   *
   * @param bytes 0 or more; how much counts only where several layers are written at once
   */
  SharedHeap(long bytes) {
    this.left = new AtomicLong(bytes);
  }

  /** A quarter of the heap: the rest is for buffers, the layer that may pass this, and others. */
  static SharedHeap ofThisProcess() {
    return new SharedHeap(Runtime.getRuntime().maxMemory() / 4);
  }

  boolean tryTake(long bytes) {
    long before;
    do {
      before = left.get();
      if (before < bytes) {
        return false;
      }
    } while (!left.compareAndSet(before, before - bytes));
    return true;
  }

  void giveBack(long bytes) {
    left.addAndGet(bytes);
  }

  /** Waits until no other layer passes what is shared. */
  void beginPassing() throws InterruptedException {
    passing.acquire();
  }

  void endPassing() {
    passing.release();
  }
}
