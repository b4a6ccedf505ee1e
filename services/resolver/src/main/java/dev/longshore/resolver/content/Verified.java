package dev.longshore.resolver.content;

import java.time.Duration;
import java.time.Instant;

/**
 * A record that a cached file's bytes were hashed and right.
 *
 * @param state the file's state then
 * @param at the time
 * @param used when it was last marked as used
 */
record Verified(FileState state, Instant at, Instant used) {
  /** Disks decay without writes: after this long, the bytes are hashed again. */
  private static final Duration TRUSTED = Duration.ofDays(1);

  /** Precision of the order of use: each mark costs a write to the file system. */
  private static final Duration MARK_AGAIN = Duration.ofMinutes(1);

  boolean holds(FileState now, Instant time) {
    return state.equals(now) && time.isBefore(at.plus(TRUSTED));
  }

  boolean isUsedLongBefore(Instant time) {
    return !time.isBefore(used.plus(MARK_AGAIN));
  }

  Verified usedNow(FileState marked, Instant time) {
    return new Verified(marked, at, time);
  }
}
