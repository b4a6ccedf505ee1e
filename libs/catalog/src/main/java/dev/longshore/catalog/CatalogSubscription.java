package dev.longshore.catalog;

/** A listener's registration; closing it ends the calls. */
@FunctionalInterface
public interface CatalogSubscription extends AutoCloseable {
  @Override
  void close();
}
