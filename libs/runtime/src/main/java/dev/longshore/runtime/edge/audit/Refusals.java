package dev.longshore.runtime.edge.audit;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Limits the recorded refusals of strangers: anyone who reaches a listener can be refused at will,
 * and must fill neither disk nor topic.
 */
final class Refusals {
  /** A person or a misconfigured fleet stays below; each entry has some 300 bytes. */
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

  /** Whether to record one more. */
  synchronized boolean hasRoom() {
    long now = nanos.getAsLong();
    if (now - began >= SECOND) {
      began = now;
      taken = 0;
    }
    return ++taken <= A_SECOND;
  }
}
