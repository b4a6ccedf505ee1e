package dev.longshore.watcher;

/** What of a registry this process polls. */
@FunctionalInterface
interface PolledPart {
  /** Whether polls of a repository are this process's, rounds apart. */
  boolean holds(String repository);

  /** Whether any are, those of the list and rounds too: others do all otherwise. */
  default boolean isAny() {
    return true;
  }
}
