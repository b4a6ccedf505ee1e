package dev.longshore.converter.estargz;

import java.io.IOException;

/** What one layer has of the {@link SharedHeap}, until it is closed. */
final class LayerHeap implements AutoCloseable {
  private final SharedHeap shared;
  private long taken;
  private boolean passes;

  LayerHeap(SharedHeap shared) {
    this.shared = shared;
  }

  /** Takes bytes that could lie elsewhere, if there are so many. */
  synchronized boolean tryTake(long bytes) {
    boolean there = shared.tryTake(bytes);
    if (there) {
      taken += bytes;
    }
    return there;
  }

  /**
   * Takes bytes that the layer cannot do without; waits for the layers before it if need be. Called
   * by the layer's own thread alone.
   */
  void take(long bytes) throws IOException {
    if (tryTake(bytes) || passes) {
      return;
    }
    try {
      shared.beginPassing();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("eStargz: interrupted while waiting for other layers' memory", e);
    }
    passes = true;
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
