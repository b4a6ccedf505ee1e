package dev.longshore.runtime.edge.http;

import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Closes connections that had no running request for some time, or never sent a complete one. A
 * long response is never idle, however slow: it has its own deadline. Used on one event loop only.
 */
final class IdleConnections {
  private final long limitNanos;
  private final long firstNanos;
  private final IdentityHashMap<HttpConnection, Use> open = new IdentityHashMap<>();

  /**
   * @param limit longest time without a request
   * @param first the same before the first one
   */
  IdleConnections(Duration limit, Duration first) {
    this.limitNanos = limit.toNanos();
    this.firstNanos = first.toNanos();
  }

  void opened(HttpConnection connection) {
    open.put(connection, new Use());
  }

  void closed(HttpConnection connection) {
    open.remove(connection);
  }

  void begins(HttpConnection connection) {
    Use use = open.get(connection);
    if (use != null) {
      use.requests++;
      use.used = true;
    }
  }

  void ends(HttpConnection connection) {
    Use use = open.get(connection);
    if (use != null) {
      use.requests--;
      use.sinceNanos = System.nanoTime();
    }
  }

  /** Call it regularly. */
  void closeIdle() {
    long now = System.nanoTime();
    open.entrySet().stream()
        .filter(entry -> entry.getValue().isIdle(now))
        .map(Map.Entry::getKey)
        .toList()
        .forEach(
            connection -> {
              var _ = connection.close();
            });
  }

  private final class Use {
    private int requests;
    private boolean used;
    private long sinceNanos = System.nanoTime();

    boolean isIdle(long now) {
      return requests == 0 && now - sinceNanos > (used ? limitNanos : firstNanos);
    }
  }
}
