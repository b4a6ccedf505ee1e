package dev.longshore.pinner;

import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.StepHost;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * The step host as the pinner's rounds use it.
 *
 * @param nudge requests the step for a key again; false if another process holds its partition, or
 *     the queue is full
 * @param nudgeWithRoom the same, but leaves room for what is urgent
 * @param holds whether this process handles the messages of a key
 * @param gapIsOpen whether events were missed and the search for them goes on
 */
record Hosted(
    Predicate<String> nudge,
    Predicate<String> nudgeWithRoom,
    Predicate<String> holds,
    BooleanSupplier gapIsOpen) {
  static Hosted by(StepHost host) {
    return new Hosted(
        key -> host.nudge(Topic.CONVERTED, key),
        key -> host.nudgeWithRoom(Topic.CONVERTED, key),
        key -> host.holds(Topic.CONVERTED, key),
        host::hasOpenGap);
  }

  /** A host with all partitions and no gap. */
  static Hosted alone(Predicate<String> nudge) {
    return new Hosted(nudge, nudge, _ -> true, () -> false);
  }
}
