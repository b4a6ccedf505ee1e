package dev.longshore.resolver.site;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses that double, each randomly up to half shorter: a hundred sites that lost their hub
 * together do not return together.
 */
record Backoff(Duration first, Duration most, RandomGenerator random) {
  private static final int DOUBLINGS = 20;

  /** The pause after this many consecutive failures, 1 or more. */
  Duration after(long failures) {
    long doubled = first.toMillis() << Math.clamp(failures - 1, 0, DOUBLINGS);
    long whole = Math.max(1, Math.min(doubled, most.toMillis()));
    return Duration.ofMillis(whole - random.nextLong(whole / 2 + 1));
  }
}
