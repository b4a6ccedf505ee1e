package dev.longshore.resolver.site;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses that double, each by chance up to half shorter: a hundred sites that lost their hub at
 * once do not come back at once.
 */
record Backoff(Duration first, Duration most, RandomGenerator random) {
  private static final int DOUBLINGS = 20;

  /** The pause after so many failures in a row, 1 or more. */
  Duration after(long failures) {
    long doubled = first.toMillis() << Math.clamp(failures - 1, 0, DOUBLINGS);
    long whole = Math.max(1, Math.min(doubled, most.toMillis()));
    return Duration.ofMillis(whole - random.nextLong(whole / 2 + 1));
  }
}
