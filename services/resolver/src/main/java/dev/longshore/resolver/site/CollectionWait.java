package dev.longshore.resolver.site;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long block removal has waited for a moment without requested fetches. Continuous pulls leave
 * no such moment: after a while none may begin until the running ones are done.
 */
final class CollectionWait {
  /** A start of all machines of a site is over by then. */
  static final Duration PATIENCE = Duration.ofMinutes(30);

  private final LongSupplier nanos;
  private boolean waits;
  private long since;

  /**
   * @param nanos a clock that only goes on
   */
  CollectionWait(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Whether there is something to take away. */
  synchronized void is(boolean now) {
    if (now && !waits) {
      since = nanos.getAsLong();
    }
    waits = now;
  }

  /** Whether nothing else may begin before it. */
  synchronized boolean isOver() {
    return waits && nanos.getAsLong() - since >= PATIENCE.toNanos();
  }
}
