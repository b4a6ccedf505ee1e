package dev.longshore.resolver.hub;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of blocks that are read ahead for all sites together. Each answer has one block in any
 * case, so none waits for another.
 */
final class BlockBudget {
  private final long most;
  private final AtomicLong taken = new AtomicLong();

  BlockBudget(long most) {
    this.most = most;
  }

  /** Whether there was room for so many. */
  boolean tryTake(long bytes) {
    long before = taken.getAndUpdate(now -> now + bytes <= most ? now + bytes : now);
    return before + bytes <= most;
  }

  /** The same where it must be. */
  void take(long bytes) {
    taken.addAndGet(bytes);
  }

  void giveBack(long bytes) {
    taken.addAndGet(-bytes);
  }

  long taken() {
    return taken.get();
  }
}
