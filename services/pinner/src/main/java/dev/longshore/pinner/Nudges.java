package dev.longshore.pinner;

import dev.longshore.events.PinState;
import dev.longshore.model.ImageDag;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Asks for the step of a DAG at most once until it begins. */
final class Nudges {
  /** After that it is taken for lost, with the partition that it waited in. */
  static final Duration LOST_AFTER = Duration.ofMinutes(2);

  private final InstantSource clock;
  private final Map<String, Instant> waiting = new ConcurrentHashMap<>();

  Nudges(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Asks for the step, unless it waits already.
   *
   * @return whether it will begin; false where the partition is another process's, or too much
   *     waits
   */
  boolean ask(ImageDag dag, Predicate<String> nudge) {
    String key = PinState.key(dag);
    Instant now = clock.instant();
    Instant before = waiting.put(key, now);
    // What is to come was told by a clock that was set back since.
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

  /** The step begins: what happens from now on is for the next. */
  void began(String key) {
    waiting.remove(key);
  }
}
