package dev.longshore.watcher;

import dev.longshore.model.RepositoryName;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * When looks at whole repositories began that notifications led to: one look answers all that came
 * before it, and a sender may tell of each manifest of an image. Kept in memory: without it, only
 * more looks are made.
 */
final class WholeLooks {
  private static final int MOST = 1_000;

  private final Map<RepositoryName, Instant> began =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<RepositoryName, Instant> eldest) {
          return size() > MOST;
        }
      };

  /** Whether a look that came to its end began after the notification. */
  synchronized boolean answer(RepositoryName name, Instant receivedAt) {
    Instant last = began.get(name);
    return last != null && last.isAfter(receivedAt.plus(PollAgenda.CLOCKS_DIFFER));
  }

  /** A look came to its end. */
  synchronized void ended(RepositoryName name, Instant begun) {
    began.put(name, begun);
  }
}
