package dev.longshore.pinner;

import java.time.Duration;
import java.time.Instant;

/**
 * Schedules repeated looks, so that they take at most a tenth of the time. Neither a changed clock
 * nor a machine that slept during a look delays the next one.
 */
final class LookSchedule {
  private static final int REST = 9;

  /** A longer look means that the clock was set, or the machine slept. */
  private static final Duration LONGEST_REST = Duration.ofHours(1);

  private Instant ended = Instant.MIN;
  private Instant next = Instant.MIN;

  boolean isDue(Instant now) {
    return !now.isBefore(next) || now.isBefore(ended);
  }

  /** A look ended; the next is after this pause, or later if the look was long. */
  void after(Instant begun, Instant ended, Duration pause) {
    Duration rest = Duration.between(begun, ended).multipliedBy(REST);
    Duration possible = rest.compareTo(LONGEST_REST) < 0 ? rest : LONGEST_REST;
    this.ended = ended;
    this.next = ended.plus(pause.compareTo(possible) > 0 ? pause : possible);
  }
}
