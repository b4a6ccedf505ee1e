package dev.longshore.estargz;

import java.time.Duration;

/** What a layer throws for which others left no memory. */
public final class Busy {
  private Busy() {}

  /** After a while. */
  public static HeapBusyException layer() {
    return new HeapBusyException(10, 100, Duration.ofMinutes(10));
  }
}
