package dev.longshore.resolver;

import dev.longshore.events.PullState;
import dev.longshore.runtime.kafka.record.NotSentException;

/** Stores that images were pulled. */
@FunctionalInterface
public interface PullSink {
  /** Discards pulls: no rule needs them. */
  PullSink NONE = _ -> {};

  /** Whether pulls are stored even if no rule needs them. */
  default boolean always() {
    return false;
  }

  /** Returns once the pull is stored. */
  void keep(PullState pull) throws NotSentException, InterruptedException;
}
