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
 * and many commits came lately, the longer the more are under way, and no longer than until all of
 * these messages wait with it. Where messages end so fast that few are under way at a time, it
 * waits a moment if very many have ended lately, unless many wait behind others of their key: these
 * run in turn, and each would wait. So a single push never waits, nor does one beside slow images.
 * Used by one thread.
 */
final class CommitBatching<T> {
  /** Longest wait for each message under way: about what an image takes on a busy processor. */
  static final Duration FOR_EACH = Duration.ofMillis(20);

  /** Longest wait: a fraction of the time an image takes in a real burst. */
  static final Duration LIMIT = Duration.ofMillis(400);

  /** Messages of a single push at once: its image, its tag and its digest. */
  static final int FEW = 3;

  /** Commits within a second from which the next ones are about to come. */
  static final int MANY = 8;

  /** Messages that ended within a second from which it is a flood. */
  static final int FLOOD = 24;

  /** Wait of a commit in a flood: some of the next ones come within it. */
  static final Duration IN_A_FLOOD = Duration.ofMillis(100);

  /** With this many messages queued behind others of their key, a commit does not wait. */
  static final int BEHIND = 8;

  private final IntSupplier underWay;
  private final IntSupplier behind;
  private final Predicate<T> hasWorker;
  private final Predicate<T> endsMessage;
  private final LongSupplier nanos;
  private final Lately commits = new Lately(MANY);
  private final Lately ends = new Lately(FLOOD);

  /**
   * @param underWay number of messages that are handled now, those that wait for a commit included
   * @param behind number of messages that wait for others of their key
   * @param hasWorker whether one of these messages waits for the request
   * @param endsMessage whether a message that Kafka brought ends with it
   * @param nanos as {@link System#nanoTime}
   */
  CommitBatching(
      IntSupplier underWay,
      IntSupplier behind,
      Predicate<T> hasWorker,
      Predicate<T> endsMessage,
      LongSupplier nanos) {
    this.behind = behind;
    this.hasWorker = hasWorker;
    this.endsMessage = endsMessage;
    this.underWay = underWay;
    this.nanos = nanos;
  }

  /** Adds waiting requests, and those that come soon if that is worth waiting for. */
  void fill(List<T> batch, int limit, BlockingQueue<T> queue) throws InterruptedException {
    long begun = nanos.getAsLong();
    boolean areMany = commits.areMany(begun);
    boolean isFlood = ends.areMany(begun);
    queue.drainTo(batch, limit - batch.size());
    while (batch.size() < limit) {
      long flood = isFlood && behind.getAsInt() < BEHIND ? IN_A_FLOOD.toNanos() : 0;
      long longest = Math.max(flood, areMany ? longest(batch) : 0);
      T next = longest == 0 ? null : queue.poll(left(begun, longest), TimeUnit.NANOSECONDS);
      if (next == null) {
        break;
      }
      batch.add(next);
      queue.drainTo(batch, limit - batch.size());
    }
    commits.came(count(batch, hasWorker), begun);
    ends.came(count(batch, endsMessage), begun);
  }

  /** The wait for all that is under way; none once all is there, or if it may be one push. */
  private long longest(List<T> batch) {
    int handled = underWay.getAsInt();
    return handled > FEW && count(batch, hasWorker) < handled
        ? Math.min(LIMIT.toNanos(), FOR_EACH.toNanos() * handled)
        : 0;
  }

  private long left(long begun, long longest) {
    return begun + longest - nanos.getAsLong();
  }

  private int count(List<T> batch, Predicate<T> which) {
    return (int) batch.stream().filter(which).count();
  }

  /** Whether so many came within a second. */
  private static final class Lately {
    private static final long NANOS = Duration.ofSeconds(1).toNanos();

    private final Queue<Long> times = new ArrayDeque<>();
    private final int many;

    Lately(int many) {
      this.many = many;
    }

    boolean areMany(long now) {
      return times.size() == many && now - times.element() < NANOS;
    }

    void came(int count, long at) {
      for (int i = Math.min(count, many); i > 0; i--) {
        if (times.size() == many) {
          times.remove();
        }
        times.add(at);
      }
    }
  }
}
