package dev.longshore.resolver;

import dev.longshore.events.PullState;
import dev.longshore.runtime.kafka.record.NotSentException;

/** Where it is kept that images were pulled. */
@FunctionalInterface
public interface PullSink {
  /** Nothing is kept: no rule asks when images were pulled. */
  PullSink NONE = _ -> {};

  /** Whether pulls are kept though no rule asks for them. */
  default boolean always() {
    return false;
  }

  /** Returns once it is kept. */
  void keep(PullState pull) throws NotSentException, InterruptedException;
}
