package dev.longshore.watcher;

/**
 * Delays a look at a source until the catalog shows what Kafka holds: a store that is behind, or
 * whose Kafka is lost, would give wrong comparisons.
 */
@FunctionalInterface
public interface CatalogBarrier {
  /** A catalog fed by the caller itself. */
  CatalogBarrier AT_HAND = () -> {};

  /** Waits for as long as it takes. */
  void await() throws InterruptedException;
}
