package dev.longshore.estargz;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The buffers of one layer: its own one, so that it never waits for another layer, whose registry
 * may hang; and more while they are free.
 */
final class LayerBuffers {
  private final CompressionWorkers workers;
  private final Semaphore own = new Semaphore(1);
  private final Set<WorkBuffer> shared = ConcurrentHashMap.newKeySet();

  LayerBuffers(CompressionWorkers workers) {
    this.workers = workers;
  }

  /** Waits for a buffer, at most until this layer's own one is returned. */
  WorkBuffer take() throws IOException {
    WorkBuffer free = tryTake();
    if (free != null) {
      return free;
    }
    try {
      own.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("eStargz: interrupted while waiting for a free buffer", e);
    }
    return ownBuffer();
  }

  /** A buffer, if one is free now. */
  @Nullable WorkBuffer tryTake() {
    if (own.tryAcquire()) {
      return ownBuffer();
    }
    WorkBuffer buffer = workers.tryBuffer();
    if (buffer != null) {
      shared.add(buffer);
    }
    return buffer;
  }

  private WorkBuffer ownBuffer() {
    boolean taken = false;
    try {
      WorkBuffer buffer = workers.unshared();
      taken = true;
      return buffer;
    } finally {
      if (!taken) {
        own.release();
      }
    }
  }

  void giveBack(WorkBuffer buffer) {
    if (shared.remove(buffer)) {
      workers.giveBack(buffer);
    } else {
      workers.keep(buffer);
      own.release();
    }
  }
}
