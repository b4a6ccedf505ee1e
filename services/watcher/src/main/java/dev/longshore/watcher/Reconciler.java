package dev.longshore.watcher;

/** Compares what a whole registry holds with what is known. */
@FunctionalInterface
interface Reconciler {
  /** Asks for it soon; returns at once. */
  void request(WatchedRegistry registry);
}
