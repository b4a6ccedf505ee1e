package dev.longshore.events;

/** Anything that Longshore writes to Kafka as JSON. */
public sealed interface LongshoreRecord permits Event, State {
  /** The Kafka key, which fixes the partition and, on a state topic, what the record replaces. */
  String key();
}
