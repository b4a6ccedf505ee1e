package dev.longshore.pinner;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Pauses between two tries of one copy: doubling to a limit, each shortened at random. */
final class RetryDelays {
  /** After the first try: the time a peer takes to restart. */
  static final Duration FIRST = Duration.ofSeconds(10);

  /** The pause for a full peer; a try costs it little by then. */
  static final Duration LONGEST = FullPeers.PAUSE;

  /** More would pass the limit. */
  private static final int DOUBLINGS = 6;

  private final RandomGenerator random;

  RetryDelays(RandomGenerator random) {
    this.random = random;
  }

  /** The pause after this many tries, half to full at random, which spreads joint failures. */
  Duration after(int attempts) {
    int doublings = Math.min(Math.max(attempts - 1, 0), DOUBLINGS);
    long full = Math.min(FIRST.toMillis() << doublings, LONGEST.toMillis());
    return Duration.ofMillis(full / 2 + random.nextLong(full / 2 + 1));
  }
}
