package dev.longshore.runtime.kafka.step;

import dev.longshore.events.LongshoreRecord;
import java.util.List;

/**
 * What a step makes known: all of it in one transaction with the message's offset, or none.
 *
 * @param records events and states, each to the topic of its type, in this order
 * @param afterCommit outside work that must not happen before the records are committed; may be
 *     lost by a crash, so the step must find out for itself that it is still to be done
 */
public record Effects(List<LongshoreRecord> records, List<Runnable> afterCommit) {
  /** Nothing to make known. */
  public static final Effects NONE = new Effects(List.of(), List.of());

  public Effects {
    records = List.copyOf(records);
    afterCommit = List.copyOf(afterCommit);
  }

  /** Records alone. */
  public static Effects of(LongshoreRecord... records) {
    return new Effects(List.of(records), List.of());
  }
}
