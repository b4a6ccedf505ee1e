package dev.longshore.oci.source;

import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The requests that one purpose may send to a registry: so many a second, evenly spaced, and none
 * while the registry wants none. All threads with this purpose share one budget.
 */
public final class RequestBudget {
  /** A longer pause is a mistake of its sender. */
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

  /** Until a process that has no share asks for it again. */
  private static final Duration NO_SHARE = Duration.ofSeconds(1);

  /** Fair, so that no look starves; held while its owner waits for its turn. */
  private final ReentrantLock turn = new ReentrantLock(true);

  private final long spacing;
  private final DoubleSupplier share;
  private final LongSupplier nanos;
  private final Wait wait;
  private final AtomicLong taken = new AtomicLong();

  /** What this is a part of, if it is. */
  private final @Nullable RequestBudget whole;

  /** When the last request was due. */
  private long last;

  private volatile long pausedUntil;
  private volatile @Nullable RequestQuota quota;

  /** Lets time pass. */
  @FunctionalInterface
  public interface Wait {
    void of(Duration time) throws InterruptedException;
  }

  /**
   * One that nobody else takes a share of.
   *
   * @param perSecond most requests in a second, 1 or more
   * @param nanos a clock that never goes back
   */
  public RequestBudget(int perSecond, LongSupplier nanos, Wait wait) {
    this(perSecond, () -> 1, nanos, wait);
  }

  /**
   * A share of one that several processes have together.
   *
   * @param perSecond most requests in a second of all of them, 1 or more
   * @param share how much of it is this process's now, from 0 to 1
   * @param nanos a clock that never goes back
   */
  public RequestBudget(int perSecond, DoubleSupplier share, LongSupplier nanos, Wait wait) {
    this.whole = null;
    this.spacing = Math.ceilDiv(TimeUnit.SECONDS.toNanos(1), perSecond);
    this.share = share;
    this.nanos = nanos;
    this.wait = wait;
    this.last = nanos.getAsLong();
    this.pausedUntil = last;
  }

  private RequestBudget(RequestBudget whole) {
    this.whole = whole;
    this.spacing = whole.spacing;
    this.share = whole.share;
    this.nanos = whole.nanos;
    this.wait = whole.wait;
  }

  /** A part of it, which counts its requests apart too; all parts together have this budget. */
  public RequestBudget part() {
    return new RequestBudget(this);
  }

  /** A budget by the machine's clock. */
  public static RequestBudget perSecond(int requests) {
    return perSecond(requests, () -> 1);
  }

  /** A share of one that several processes have together, by the machine's clock. */
  public static RequestBudget perSecond(int requests, DoubleSupplier share) {
    // Never released: this only waits, and can be interrupted.
    Semaphore never = new Semaphore(0);
    return new RequestBudget(
        requests,
        share,
        System::nanoTime,
        time -> {
          boolean acquired = never.tryAcquire(time.toNanos(), TimeUnit.NANOSECONDS);
          assert !acquired;
        });
  }

  /**
   * Waits until one more request may be sent.
   *
   * @throws RegistryException if the registry wants none now, this process has no share, or the
   *     thread is interrupted
   */
  public void take(Attempt attempt) throws RegistryException {
    if (whole != null) {
      whole.take(attempt);
      taken.incrementAndGet();
      return;
    }
    try {
      turn.lockInterruptibly();
      try {
        requireNoPause(attempt);
        long due = due(requireShare(attempt));
        long early = due - nanos.getAsLong();
        if (early > 0) {
          wait.of(Duration.ofNanos(early));
          requireNoPause(attempt);
          requireShare(attempt);
        }
        last = Math.max(0, nanos.getAsLong() - due) + due;
        taken.incrementAndGet();
      } finally {
        turn.unlock();
      }
    } catch (InterruptedException e) {
      throw attempt.interrupted();
    }
  }

  /** By the share of this moment, as others may have come or gone since the last request. */
  private long due(double part) {
    return taken.get() == 0 ? last : last + (long) Math.ceil(spacing / part);
  }

  private double requireShare(Attempt attempt) throws RegistryException {
    double part = share.getAsDouble();
    if (part <= 0) {
      throw attempt.heldBack("other processes have all of the requests for this purpose", NO_SHARE);
    }
    return part;
  }

  /** The registry says how many requests it takes. */
  public void told(RequestQuota newest) {
    if (whole != null) {
      whole.told(newest);
    }
    quota = newest;
  }

  /** What the registry said last of how many requests it takes, if it did. */
  public Optional<RequestQuota> quota() {
    return Optional.ofNullable(quota);
  }

  /** Requests that were let through so far. */
  public long taken() {
    return taken.get();
  }

  private void requireNoPause(Attempt attempt) throws RegistryException {
    Duration left = Duration.ofNanos(pausedUntil - nanos.getAsLong());
    if (left.isPositive()) {
      throw attempt.heldBack(
          "the registry's limit of requests is used up for " + (left.toSeconds() + 1) + " s", left);
    }
  }

  /** Sends nothing for this long, at most an hour: the registry said so. */
  public synchronized void pause(Duration time) {
    if (whole != null) {
      whole.pause(time);
      return;
    }
    Duration pause = time.compareTo(LONGEST_PAUSE) < 0 ? time : LONGEST_PAUSE;
    long until = nanos.getAsLong() + pause.toNanos();
    if (until - pausedUntil > 0) {
      pausedUntil = until;
    }
  }
}
