package dev.longshore.resolver.site.neighbor;

import java.time.Duration;

/**
 * How much time a requested image DAG may lose to neighbors. Only futile waits count. Once used up,
 * the hub is asked at the same time as a neighbor.
 */
final class WaitBudget {
  private long left;

  WaitBudget(Duration whole) {
    this.left = whole.toNanos();
  }

  /** Nanoseconds for which a neighbor is still waited for alone. */
  synchronized long left() {
    return left;
  }

  /** So many nanoseconds were waited in vain. */
  synchronized void lost(long nanos) {
    left = Math.max(0, left - Math.max(0, nanos));
  }
}
