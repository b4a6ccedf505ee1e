package dev.longshore.runtime.edge.http;

import java.util.HashMap;
import java.util.Map;

/**
 * Limits the bytes of request bodies in memory, each held until its request ends. Many large ones
 * would take all memory while a dependency is away.
 */
final class HeldBodies {
  private final long most;
  private final long each;
  private final Map<String, Long> held = new HashMap<>();
  private long all;

  /**
   * @param most limit in bytes; a caller may hold three quarters of it
   */
  HeldBodies(long most) {
    this.most = most;
    this.each = most - most / 4;
  }

  /** The body of one request, still empty. */
  Body of(String caller) {
    return new Body(caller);
  }

  private synchronized boolean take(String caller, long bytes) {
    long its = held.getOrDefault(caller, 0L) + bytes;
    if (all + bytes > most || its > each) {
      return false;
    }
    held.put(caller, its);
    all += bytes;
    return true;
  }

  private synchronized void giveBack(String caller, long bytes) {
    held.computeIfPresent(caller, (_, its) -> its == bytes ? null : its - bytes);
    all -= bytes;
  }

  /** The bytes held for one request. */
  final class Body {
    private final String caller;
    private long bytes;
    private boolean ended;

    private Body(String caller) {
      this.caller = caller;
    }

    /** Reserves this many more bytes, if there is room. */
    synchronized boolean take(int more) {
      if (ended || !HeldBodies.this.take(caller, more)) {
        return false;
      }
      bytes += more;
      return true;
    }

    /** Releases all. */
    synchronized void end() {
      if (!ended) {
        ended = true;
        giveBack(caller, bytes);
      }
    }
  }
}
