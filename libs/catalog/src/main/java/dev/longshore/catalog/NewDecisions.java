package dev.longshore.catalog;

import dev.longshore.events.DecisionState;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Wakes one loop after each decision; several at once wake it once. */
public final class NewDecisions implements AutoCloseable {
  private final Semaphore unseen = new Semaphore(0);
  private final CatalogSubscription subscription;

  /** Those that the catalog learns of from now on. */
  public NewDecisions(Catalog catalog) {
    this.subscription =
        catalog.onChange(
            record -> {
              if (record.value() instanceof DecisionState) {
                unseen.release();
              }
            });
  }

  /** Whether there was a decision that no call saw before; false after this time. */
  public boolean await(Duration limit) throws InterruptedException {
    boolean isNew = unseen.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS);
    if (isNew) {
      unseen.drainPermits();
    }
    return isNew;
  }

  @Override
  public void close() {
    subscription.close();
  }
}
