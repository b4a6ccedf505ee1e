package dev.longshore.app.ops;

import dev.longshore.app.query.find.QueryException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A figure that is the same while what it is made of has not changed. */
final class Unchanged<T> implements Refreshed.Work<T> {
  private final Supplier<?> madeOf;
  private final Duration most;
  private final InstantSource clock;
  private final Refreshed.Work<T> work;
  private @Nullable T last;
  private @Nullable Object by;
  private Instant at = Instant.MIN;

  /**
   * @param madeOf equal while the figure is the same
   * @param most then it is found out in any case
   */
  Unchanged(Supplier<?> madeOf, Duration most, InstantSource clock, Refreshed.Work<T> work) {
    this.madeOf = madeOf;
    this.most = most;
    this.clock = clock;
    this.work = work;
  }

  /** One after the other: whoever waits takes what the one before found. */
  @Override
  public synchronized T run() throws QueryException, InterruptedException {
    Object now = madeOf.get();
    Instant begun = clock.instant();
    T known = last;
    if (known != null && now.equals(by) && begun.isBefore(at.plus(most))) {
      return known;
    }
    T found = work.run();
    last = found;
    by = now;
    at = begun;
    return found;
  }
}
