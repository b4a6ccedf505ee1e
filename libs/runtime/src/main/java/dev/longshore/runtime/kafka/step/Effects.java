package dev.longshore.runtime.kafka.step;

import dev.longshore.events.LongshoreRecord;
import dev.longshore.events.Topic;
import java.util.List;
import java.util.stream.Stream;

/**
 * The effects of a step: written in one transaction with the message's offset, or not at all.
 *
 * @param records events and states, each to the topic of its type, in this order
 * @param deletions keys to delete from state topics
 * @param afterCommit external work for after the commit; a crash may lose it, so the step must
 *     itself notice that it is still to do
 */
public record Effects(
    List<LongshoreRecord> records, List<Deletion> deletions, List<Runnable> afterCommit) {
  /** No effects. */
  public static final Effects NONE = new Effects(List.of(), List.of());

  public Effects {
    records = List.copyOf(records);
    deletions = List.copyOf(deletions);
    afterCommit = List.copyOf(afterCommit);
  }

  /** Effects without deletions. */
  public Effects(List<LongshoreRecord> records, List<Runnable> afterCommit) {
    this(records, List.of(), afterCommit);
  }

  /** The deletion of a key from a state topic. */
  public record Deletion(Topic topic, String key) {}

  /** Only the deletion of a key. */
  public static Effects deleting(Topic topic, String key) {
    return new Effects(List.of(), List.of(new Deletion(topic, key)), List.of());
  }

  /** These effects and others, as one. */
  public Effects and(Effects others) {
    return new Effects(
        concat(records, others.records),
        concat(deletions, others.deletions),
        concat(afterCommit, others.afterCommit));
  }

  private static <T> List<T> concat(List<T> some, List<T> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  /** Only records. */
  public static Effects of(LongshoreRecord... records) {
    return new Effects(List.of(records), List.of());
  }
}
