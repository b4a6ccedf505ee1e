package dev.longshore.catalog;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** Keeps a {@link Catalog} up to date, from Kafka or from whatever else holds the states. */
public interface CatalogSource extends AutoCloseable {
  /** Begins to follow in the background; returns at once, whether the source is there or not. */
  void start();

  /**
   * Waits until the catalog shows everything that the source held when this was called.
   *
   * @throws TimeoutException when it does not within the time; says what is missing and why
   */
  void awaitEnd(Duration timeout) throws InterruptedException, TimeoutException;

  /**
   * How old the catalog's knowledge is: the time since it was last seen to be all that the source
   * holds. None if it never was.
   */
  Optional<Duration> age();

  /** Why the knowledge grows old, in words; none while the source answers. */
  Optional<String> problem();

  /** Stops following; the catalog stays open. */
  @Override
  void close();
}
