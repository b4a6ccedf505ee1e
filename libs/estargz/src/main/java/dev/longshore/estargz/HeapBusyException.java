package dev.longshore.estargz;

import java.io.IOException;
import java.time.Duration;

/** Other layers hold the shared memory: nothing is wrong with the layer. */
public final class HeapBusyException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param wanted bytes
   * @param shared bytes of all layers
   * @param waited how long
   */
  HeapBusyException(long wanted, long shared, Duration waited) {
    super(
        "lazy layers: %,d bytes of memory were not available for %d s, because other layers hold the shared %,d; this is tried again, and goes faster with a lower converter.concurrency or a larger heap (-Xmx)"
            .formatted(wanted, waited.toSeconds(), shared));
  }
}
