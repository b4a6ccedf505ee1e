package dev.longshore.resolver.hub;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits the bytes of blocks read ahead for all sites. Each answer gets one block in any case, so
 * none waits for another.
 */
final class BlockBudget {
  private final long most;
  private final AtomicLong taken = new AtomicLong();

  BlockBudget(long most) {
    this.most = most;
  }

  /** Takes this many bytes if there is room. */
  boolean tryTake(long bytes) {
    long before = taken.getAndUpdate(now -> now + bytes <= most ? now + bytes : now);
    return before + bytes <= most;
  }

  /** Takes them regardless of room. */
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
