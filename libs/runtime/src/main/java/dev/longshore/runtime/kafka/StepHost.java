package dev.longshore.runtime.kafka;

import dev.longshore.events.Topic;
import java.time.Duration;
import java.util.Optional;

/** Runs one service's step on what arrives. */
public interface StepHost extends AutoCloseable {
  /** Begins to handle records; returns at once, whether the records' source is there or not. */
  void start();

  /**
   * Has the step look at a key again, in its turn, with a message without body. Lost by a crash.
   *
   * @param topic the topic that the message names
   * @return whether it will; not when the key is another instance's, or too much waits for its
   *     partition
   */
  boolean nudge(Topic topic, String key);

  /** Why nothing goes on, in words; none while all is well. */
  Optional<String> trouble();

  /**
   * Takes nothing new, lets what is under way end for at most this long, interrupts the rest,
   * commits what ended.
   */
  void stop(Duration limit);

  /** Stops without waiting for work under way. */
  @Override
  default void close() {
    stop(Duration.ZERO);
  }
}
