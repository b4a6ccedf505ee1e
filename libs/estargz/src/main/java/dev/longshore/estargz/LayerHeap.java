package dev.longshore.estargz;

import java.io.IOException;
import java.io.InterruptedIOException;

/** One layer's part of the {@link SharedHeap}, until it is closed. */
final class LayerHeap implements AutoCloseable {
  private final SharedHeap shared;
  private long taken;
  private boolean passes;

  LayerHeap(SharedHeap shared) {
    this.shared = shared;
  }

  /** Takes optional bytes, if available. */
  synchronized boolean tryTake(long bytes) {
    boolean there = shared.tryTake(bytes);
    if (there) {
      taken += bytes;
    }
    return there;
  }

  /**
   * Takes bytes that the layer needs; waits for earlier layers if necessary. Called only by the
   * layer's own thread, while it is read and no peer waits for its blocks.
   *
   * @throws HeapBusyException when it waited too long
   * @throws InterruptedIOException when the thread was interrupted; it stays interrupted
   */
  void take(long bytes) throws IOException {
    if (tryTake(bytes) || passes) {
      return;
    }
    boolean there;
    try {
      there = shared.takeOrPass(bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      var interrupted =
          new InterruptedIOException("lazy layers: interrupted while waiting for others' memory");
      interrupted.initCause(e);
      throw interrupted;
    }
    synchronized (this) {
      taken += there ? bytes : 0;
      passes = !there;
    }
  }

  @Override
  public synchronized void close() {
    shared.giveBack(taken);
    taken = 0;
    if (passes) {
      shared.endPassing();
      passes = false;
    }
  }
}
