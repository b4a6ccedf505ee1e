package dev.longshore.catalog;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** Keeps a {@link Catalog} up to date, from Kafka or from whatever else holds the states. */
public interface CatalogSource extends AutoCloseable {
  /** Starts to follow in the background; returns at once, even if the source is away. */
  void start();

  /**
   * Waits until the catalog shows everything that the source held at the call.
   *
   * @throws TimeoutException when it does not within the time, with what is missing and why
   */
  void awaitEnd(Duration timeout) throws InterruptedException, TimeoutException;

  /** Age of the catalog's content: the time since it was last seen complete. Empty if never. */
  Optional<Duration> age();

  /** Why the content is getting old, in words; empty while the source answers. */
  Optional<String> problem();

  /** Stops following; the catalog stays open. */
  @Override
  void close();
}
