package dev.longshore.runtime.edge.audit;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How many refusals of strangers are written: whoever reaches a listener can be refused as often as
 * they like, and must fill neither disk nor topic.
 */
final class Refusals {
  /** A person or a badly configured fleet stays below; each entry is some 300 bytes. */
  static final int A_SECOND = 100;

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final LongSupplier nanos;
  private long began;
  private int taken;

  /**
   * @param nanos a clock such as System::nanoTime
   */
  Refusals(LongSupplier nanos) {
    this.nanos = nanos;
    this.began = nanos.getAsLong();
  }

  /** Whether one more is written. */
  synchronized boolean hasRoom() {
    long now = nanos.getAsLong();
    if (now - began >= SECOND) {
      began = now;
      taken = 0;
    }
    return ++taken <= A_SECOND;
  }
}
