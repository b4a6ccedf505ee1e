package dev.longshore.watcher;

import dev.longshore.model.RepositoryName;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * When comparisons of whole repositories began that notifications led to: one answers all that came
 * before it, and a sender may report each manifest of an image. Kept in memory: without it, only
 * more comparisons are made.
 */
final class RecentComparisons {
  private static final int MOST = 1_000;

  private final Map<RepositoryName, Instant> began =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<RepositoryName, Instant> eldest) {
          return size() > MOST;
        }
      };

  /** Whether a completed comparison began after the notification. */
  synchronized boolean answer(RepositoryName name, Instant receivedAt) {
    Instant last = began.get(name);
    return last != null && last.isAfter(receivedAt.plus(PollAgenda.CLOCKS_DIFFER));
  }

  /** A comparison is complete. */
  synchronized void ended(RepositoryName name, Instant begun) {
    began.put(name, begun);
  }
}
