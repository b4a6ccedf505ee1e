package dev.longshore.runtime.kafka;

import dev.longshore.events.Topic;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntConsumer;

/** Runs one service's step on arriving messages. */
public interface StepHost extends AutoCloseable {
  /** Starts to handle records; returns at once, even if Kafka is away. */
  void start();

  /**
   * Makes the step look at a key again, in order, with a message without body. Lost in a crash.
   *
   * @param topic the topic that the message names
   * @return whether it will; false if the key belongs to another instance, or too much waits for
   *     its partition
   */
  boolean nudge(Topic topic, String key);

  /** The same, but false also while more waits than leaves room for what is urgent. */
  default boolean nudgeWithRoom(Topic topic, String key) {
    return nudge(topic, key);
  }

  /** Whether the messages of this key of a work topic are this process's to handle now. */
  boolean holds(Topic topic, String key);

  /**
   * Calls the listener with each partition of the work topics when its messages become this
   * process's to handle, each time anew: what others asked of its keys may be lost. The listener
   * must be quick; it is set before the start.
   */
  void onHeld(IntConsumer listener);

  /** Whether messages of this process's may have been missed, and are still looked for. */
  boolean hasOpenGap();

  /** Why no work goes on, in words; empty while all is well. */
  Optional<String> trouble();

  /**
   * Takes nothing new, lets running work end for at most this long, interrupts the rest, and
   * commits what ended.
   */
  void stop(Duration limit);

  /** Stops without waiting for running work. */
  @Override
  default void close() {
    stop(Duration.ZERO);
  }
}
