package dev.longshore.events;

/** A record that Longshore writes to Kafka as JSON. */
public sealed interface LongshoreRecord permits Event, State {
  /**
   * The Kafka key, which determines the partition and, in a state topic, which record it replaces.
   */
  String key();
}
