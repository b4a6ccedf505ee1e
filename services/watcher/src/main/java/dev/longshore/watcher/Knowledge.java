package dev.longshore.watcher;

/**
 * Holds a look at a source back until the catalog shows what Kafka holds: compared with a store
 * that is behind, or whose Kafka is lost, what is there would be taken for known.
 */
@FunctionalInterface
public interface Knowledge {
  /** A catalog that is fed by whoever looks. */
  Knowledge AT_HAND = () -> {};

  /** Waits as long as it takes. */
  void await() throws InterruptedException;
}
