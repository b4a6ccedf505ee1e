package dev.longshore.watcher;

import dev.longshore.events.Hint;

/** Where hints go: Kafka's topic of hints, which is the only spool there is. */
@FunctionalInterface
public interface HintSink {
  /**
   * Returns when the hint is stored for good.
   *
   * @throws HintNotStoredException if it could not be stored in time; the sender must keep it
   */
  void store(Hint hint) throws HintNotStoredException, InterruptedException;
}
