package dev.longshore.pinner;

import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.StepHost;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * What the pinner's rounds need of the host of its step.
 *
 * @param nudge asks for the step of a key again; false where its partition is another process's, or
 *     too much waits
 * @param nudgeWithRoom the same, but leaves room for what is urgent
 * @param holds whether the messages of a key are this process's
 * @param gapIsOpen whether events were missed that are still looked for
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

  /** One that has all partitions, and missed nothing. */
  static Hosted alone(Predicate<String> nudge) {
    return new Hosted(nudge, nudge, _ -> true, () -> false);
  }
}
