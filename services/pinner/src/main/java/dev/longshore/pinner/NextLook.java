package dev.longshore.pinner;

import java.time.Duration;
import java.time.Instant;

/**
 * When something is looked at again, in at most a tenth of the time. Neither a clock that is set
 * puts that off, nor a machine that slept during a look.
 */
final class NextLook {
  private static final int REST = 9;

  /** After a longer look the clock was set, or the machine slept. */
  private static final Duration LONGEST_REST = Duration.ofHours(1);

  private Instant ended = Instant.MIN;
  private Instant next = Instant.MIN;

  boolean isDue(Instant now) {
    return !now.isBefore(next) || now.isBefore(ended);
  }

  /** A look ended, and the next is after this pause, or when it may be. */
  void after(Instant begun, Instant ended, Duration pause) {
    Duration rest = Duration.between(begun, ended).multipliedBy(REST);
    Duration possible = rest.compareTo(LONGEST_REST) < 0 ? rest : LONGEST_REST;
    this.ended = ended;
    this.next = ended.plus(pause.compareTo(possible) > 0 ? pause : possible);
  }
}
