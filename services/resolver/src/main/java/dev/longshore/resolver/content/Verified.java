package dev.longshore.resolver.content;

import java.time.Duration;
import java.time.Instant;

/**
 * That the bytes of a cached file were hashed and found to be right.
 *
 * @param state of the file then
 * @param at when
 * @param used when it was last marked as used
 */
record Verified(FileState state, Instant at, Instant used) {
  /** Disks rot without anybody writing: after so long the bytes are hashed again. */
  private static final Duration TRUSTED = Duration.ofDays(1);

  /** The order of use may be so coarse: each mark costs a write to the file system. */
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
