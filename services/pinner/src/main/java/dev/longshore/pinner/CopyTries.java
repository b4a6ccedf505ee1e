package dev.longshore.pinner;

import dev.longshore.pinner.Copy.Trouble;
import java.time.Clock;
import java.time.Instant;
import java.util.function.Predicate;

/** When copies of one DAG that failed are tried again. Used by one thread. */
final class CopyTries {
  private final PeerCopies copies;
  private final Clock clock;
  private final Instant began;

  /** Of a step that begins now. */
  CopyTries(PeerCopies copies, Clock clock) {
    this.copies = copies;
    this.clock = clock;
    this.began = clock.instant();
  }

  /** Whether the next try on the peer lies in the future. */
  boolean mustWait(Peer peer) {
    return copies.of(peer).trouble().map(Trouble::nextTryAt).filter(this::isToCome).isPresent();
  }

  /**
   * Tries that become due during this step are left to the next one. A time further away than any
   * pause comes from a clock that was since set back.
   */
  private boolean isToCome(Instant at) {
    return at.isAfter(began) && !at.isAfter(began.plus(RetryDelays.LONGEST));
  }

  /**
   * Schedules the next try of each missing copy. A due one that could not be tried waits longer the
   * next time.
   *
   * @param mayBeTried whether the peer answers and lacks copies that others have; otherwise it
   *     waits for that
   */
  void planNext(Predicate<Peer> mayBeTried, RetryDelays delays) {
    for (Peer peer : copies.tried()) {
      copies
          .of(peer)
          .trouble()
          .ifPresent(trouble -> copies.set(peer, next(trouble, mayBeTried.test(peer), delays)));
    }
  }

  /** Schedules the next removal of each copy that is still there. */
  void planNextReleases(RetryDelays delays) {
    for (Peer peer : copies.leaving()) {
      copies
          .of(peer)
          .trouble()
          .filter(trouble -> trouble.nextTryAt() == null)
          .ifPresent(trouble -> copies.set(peer, next(trouble, true, delays)));
    }
  }

  private CopyEvent.NextTry next(Trouble trouble, boolean mayBeTried, RetryDelays delays) {
    Instant at = trouble.nextTryAt();
    if (!mayBeTried) {
      return new CopyEvent.NextTry(null, trouble.attempts());
    }
    if (at != null && isToCome(at)) {
      return new CopyEvent.NextTry(at, trouble.attempts());
    }
    int attempts = at == null ? trouble.attempts() : trouble.attempts() + 1;
    return new CopyEvent.NextTry(clock.instant().plus(delays.after(attempts)), attempts);
  }
}
