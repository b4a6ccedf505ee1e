package dev.longshore.watcher;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;

/**
 * Limits concurrent look-ups at each registry, for each purpose apart: those that wait for their
 * budget delay no fresh push.
 */
final class RegistryTurns {
  /**
   * Concurrent look-ups. If a registry hangs, the others have not called it yet, and wait for its
   * return instead.
   */
  static final int AT_ONCE = 16;

  private final Map<String, Semaphore> byEndpoint = new HashMap<>();

  RegistryTurns(Collection<WatchedRegistry> registries) {
    for (WatchedRegistry registry : registries) {
      add(registry.forFreshPushes());
      add(registry.ofPolls());
      add(registry.ofBackfill());
    }
  }

  private void add(SourceUse use) {
    byEndpoint.put(use.endpoint(), new Semaphore(AT_ONCE, true));
  }

  Semaphore of(SourceUse use) {
    return Objects.requireNonNull(byEndpoint.get(use.endpoint()));
  }
}
