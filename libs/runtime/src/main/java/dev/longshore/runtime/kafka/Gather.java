package dev.longshore.runtime.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Decides how long a commit waits for others, so that they share a transaction: it costs the broker
 * about the same for one record or hundreds. A commit waits only while many messages are under way
 * and many commits came lately, and no longer than until all of these messages wait with it. So a
 * single push never waits, nor does one beside images that take long. Used by one thread.
 */
final class Gather<T> {
  /** A fraction of what an image takes in a burst, and several times what a transaction takes. */
  static final Duration LIMIT = Duration.ofMillis(100);

  /** Messages of a single push at once: its image, its tag and its digest. */
  static final int FEW = 3;

  /** Commits within a second from which the next ones are about to come. */
  static final int MANY = 8;

  /** Within which they came, in nanoseconds. */
  private static final long LATELY = Duration.ofSeconds(1).toNanos();

  private final IntSupplier underWay;
  private final Predicate<T> hasWorker;
  private final LongSupplier nanos;
  private final Queue<Long> lately = new ArrayDeque<>();

  /**
   * @param underWay number of messages that are handled now, those that wait for a commit included
   * @param hasWorker whether one of these messages waits for the request
   * @param nanos as {@link System#nanoTime}
   */
  Gather(IntSupplier underWay, Predicate<T> hasWorker, LongSupplier nanos) {
    this.hasWorker = hasWorker;
    this.underWay = underWay;
    this.nanos = nanos;
  }

  /** Adds what waits, and what comes soon if that is worth waiting for. */
  void fill(List<T> batch, int limit, BlockingQueue<T> queue) throws InterruptedException {
    long begun = nanos.getAsLong();
    boolean areMany = areMany(begun);
    queue.drainTo(batch, limit - batch.size());
    int handled = underWay.getAsInt();
    while (areMany && handled > FEW && batch.size() < limit && workers(batch) < handled) {
      T next = queue.poll(begun + LIMIT.toNanos() - nanos.getAsLong(), TimeUnit.NANOSECONDS);
      if (next == null) {
        break;
      }
      batch.add(next);
      queue.drainTo(batch, limit - batch.size());
      handled = underWay.getAsInt();
    }
    came(workers(batch), begun);
  }

  private int workers(List<T> batch) {
    return (int) batch.stream().filter(hasWorker).count();
  }

  private boolean areMany(long now) {
    return lately.size() == MANY && now - lately.element() < LATELY;
  }

  private void came(int requests, long at) {
    for (int i = Math.min(requests, MANY); i > 0; i--) {
      if (lately.size() == MANY) {
        lately.remove();
      }
      lately.add(at);
    }
  }
}
