package dev.longshore.watcher;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * How many notifications that nobody understands become dead letters: of a sender that goes on so,
 * all would fill Kafka.
 */
final class KeptBodies {
  /** Of each registry; they show what is wrong, and a replay of more says no more. */
  static final int AN_HOUR = 100;

  /** All names that no registry has count as one: a caller makes up as many as it likes. */
  static final String OF_NO_REGISTRY = "";

  private static final Duration HOUR = Duration.ofHours(1);
  private final Clock clock;
  private final Map<String, Kept> bySource = new HashMap<>();

  private record Kept(Instant since, int count) {}

  KeptBodies(Clock clock) {
    this.clock = clock;
  }

  /** Whether one more is kept. */
  synchronized boolean takeRoom(String source) {
    Instant now = clock.instant();
    Kept before = bySource.getOrDefault(source, new Kept(now, 0));
    // Also when the clock was set back.
    Kept sofar =
        Duration.between(before.since, now).abs().compareTo(HOUR) < 0 ? before : new Kept(now, 0);
    bySource.put(source, new Kept(sofar.since, Math.min(AN_HOUR, sofar.count + 1)));
    return sofar.count < AN_HOUR;
  }
}
