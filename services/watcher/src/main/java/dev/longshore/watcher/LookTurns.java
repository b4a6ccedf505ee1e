package dev.longshore.watcher;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;

/**
 * Turns of looks at registries, of each registry and purpose apart: looks that wait for their
 * budget are in no fresh push's way.
 */
final class LookTurns {
  /**
   * Concurrent looks. If a registry hangs, the others have not called it yet, and wait for its
   * return instead.
   */
  static final int AT_ONCE = 16;

  private final Map<String, Semaphore> byEndpoint = new HashMap<>();

  LookTurns(Collection<WatchedRegistry> registries) {
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
