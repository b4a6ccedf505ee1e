package dev.longshore.runtime.kafka.step;

import dev.longshore.events.LongshoreRecord;
import java.util.List;

/**
 * The effects of a step: written in one transaction with the message's offset, or not at all.
 *
 * @param records events and states, each to the topic of its type, in this order
 * @param afterCommit external work for after the commit; a crash may lose it, so the step must
 *     itself find out that it is still to do
 */
public record Effects(List<LongshoreRecord> records, List<Runnable> afterCommit) {
  /** No effects. */
  public static final Effects NONE = new Effects(List.of(), List.of());

  public Effects {
    records = List.copyOf(records);
    afterCommit = List.copyOf(afterCommit);
  }

  /** Only records. */
  public static Effects of(LongshoreRecord... records) {
    return new Effects(List.of(records), List.of());
  }
}
