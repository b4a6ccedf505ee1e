package dev.longshore.pinner;

import dev.longshore.events.PinState;
import dev.longshore.model.ImageDag;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Requests the step for a DAG at most once until it begins. */
final class Nudges {
  /** After this, a request counts as lost with the partition it waited in. */
  static final Duration LOST_AFTER = Duration.ofMinutes(2);

  private final InstantSource clock;
  private final Map<String, Instant> waiting = new ConcurrentHashMap<>();

  Nudges(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Requests the step, unless a request is pending.
   *
   * @return whether it will begin; false if another process holds the partition, or the queue is
   *     full
   */
  boolean ask(ImageDag dag, Predicate<String> nudge) {
    String key = PinState.key(dag);
    Instant now = clock.instant();
    Instant before = waiting.put(key, now);
    // A time in the future comes from a clock that was since set back.
    if (before != null && !before.isAfter(now) && now.isBefore(before.plus(LOST_AFTER))) {
      waiting.replace(key, now, before);
      return true;
    }
    boolean asked = nudge.test(key);
    if (!asked) {
      waiting.remove(key, now);
    }
    return asked;
  }

  /** The step begins: later changes need another request. */
  void began(String key) {
    waiting.remove(key);
  }
}
