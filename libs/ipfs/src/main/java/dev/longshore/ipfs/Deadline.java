package dev.longshore.ipfs;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The moment at which a call gives up.
 *
 * @param clock the clock to use; tests have their own
 * @param at the end
 */
public record Deadline(InstantSource clock, Instant at) {
  /** A deadline on the system's clock. */
  public static Deadline after(Duration timeout) {
    return after(timeout, InstantSource.system());
  }

  public static Deadline after(Duration timeout, InstantSource clock) {
    return new Deadline(clock, clock.instant().plus(timeout));
  }

  /** The remaining time, zero when it is over. */
  public Duration remaining() {
    Duration left = Duration.between(clock.instant(), at);
    return left.isNegative() ? Duration.ZERO : left;
  }

  public boolean expired() {
    return !clock.instant().isBefore(at);
  }

  /** The earlier of this deadline and {@code limit} from now. */
  public Deadline within(Duration limit) {
    Instant sooner = clock.instant().plus(limit);
    return sooner.isBefore(at) ? new Deadline(clock, sooner) : this;
  }
}
