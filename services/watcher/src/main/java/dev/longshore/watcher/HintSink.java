package dev.longshore.watcher;

import dev.longshore.events.Hint;

/** Stores hints: in Kafka's topic of hints, the only spool. */
@FunctionalInterface
public interface HintSink {
  /**
   * Returns when the hint is stored durably.
   *
   * @throws HintNotStoredException if it could not be stored in time; the sender must keep it
   */
  void store(Hint hint) throws HintNotStoredException, InterruptedException;
}
