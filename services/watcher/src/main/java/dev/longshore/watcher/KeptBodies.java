package dev.longshore.watcher;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Limits how many notifications that nobody understands become dead letters: a sender that goes on
 * sending them would fill Kafka.
 */
final class KeptBodies {
  /** Of each registry; they show what is wrong, and a replay of more says no more. */
  static final int AN_HOUR = 100;

  /** All names that no registry has count as one: a caller makes up as many as it likes. */
  static final String OF_NO_REGISTRY = "";

  private static final Duration HOUR = Duration.ofHours(1);
  private final Clock clock;
  private final Map<String, Count> bySource = new HashMap<>();

  /** Of an hour. */
  private static final class Count {
    private final Instant since;
    private int kept;

    Count(Instant since) {
      this.since = since;
    }
  }

  /** Room for one body. */
  @FunctionalInterface
  interface Room {
    /** For another one: this one could not be stored, and comes again. */
    void giveBack();
  }

  KeptBodies(Clock clock) {
    this.clock = clock;
  }

  /** Room for one more, if there is any. */
  synchronized Optional<Room> takeRoom(String source) {
    Instant now = clock.instant();
    Count before = bySource.getOrDefault(source, new Count(now));
    // Also when the clock was set back.
    Count sofar =
        Duration.between(before.since, now).abs().compareTo(HOUR) < 0 ? before : new Count(now);
    bySource.put(source, sofar);
    if (sofar.kept == AN_HOUR) {
      return Optional.empty();
    }
    sofar.kept++;
    return Optional.of(() -> giveBack(sofar));
  }

  private synchronized void giveBack(Count count) {
    count.kept--;
  }
}
