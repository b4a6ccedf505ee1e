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

  /** The same, but also false while the queue has room only for urgent work. */
  default boolean nudgeWithRoom(Topic topic, String key) {
    return nudge(topic, key);
  }

  /** Whether this process now handles the messages of this key of a work topic. */
  boolean holds(Topic topic, String key);

  /**
   * Calls the listener with each partition of the work topics each time that this process begins to
   * handle its messages: nudges that another process accepted for its keys may be lost. The
   * listener must be quick; set it before the start.
   */
  void onHeld(IntConsumer listener);

  /** Whether messages for this process may have been missed, and the search for them goes on. */
  boolean hasOpenGap();

  /** Why no work is done, in words; empty while all is well. */
  Optional<String> trouble();

  /**
   * Takes no new work, gives running work at most this long to end, interrupts the rest, and
   * commits what ended.
   */
  void stop(Duration limit);

  /** Stops without waiting for running work. */
  @Override
  default void close() {
    stop(Duration.ZERO);
  }
}
