package dev.longshore.catalog.testing;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogSource;
import dev.longshore.events.Failed;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import java.time.Clock;
import java.time.Instant;

/** What the conformance suite needs of the place that a source reads. */
public interface CatalogSourceFixture extends AutoCloseable {
  /** A source of this place that is not started. */
  CatalogSource source(Catalog catalog, Clock clock);

  /** Writes a state. */
  void put(State state);

  /** Deletes a key of a state topic. */
  void delete(Topic topic, String key);

  /** Writes a permanent failure. */
  void fail(Failed failed);

  /** Parks a key's event at a stage. */
  void park(String key, String stage, String endpoint, String cause, int attempt, Instant nextTry);

  /** Says of a parked event that another try found its endpoint away. */
  void stillAway(
      String key, String stage, String endpoint, String cause, int attempt, Instant nextTry);

  /** Says that the key's work at the stage goes on. */
  void over(String key, String stage);

  /** Makes the place go away, or come back with what it held. */
  void away(boolean away);

  @Override
  void close();
}
