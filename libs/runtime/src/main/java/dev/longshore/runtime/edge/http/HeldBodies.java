package dev.longshore.runtime.edge.http;

import java.util.HashMap;
import java.util.Map;

/**
 * Bytes of bodies that are held at once, each until its request has ended. Many large ones would
 * take all memory while what they wait for is away.
 */
final class HeldBodies {
  private final long most;
  private final long each;
  private final Map<String, Long> held = new HashMap<>();
  private long all;

  /**
   * @param most bytes of all; a caller may hold three quarters of them
   */
  HeldBodies(long most) {
    this.most = most;
    this.each = most - most / 4;
  }

  /** The body of one request, which holds nothing yet. */
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

  /** What one request holds. */
  final class Body {
    private final String caller;
    private long bytes;
    private boolean ended;

    private Body(String caller) {
      this.caller = caller;
    }

    /** Whether so many more may be held. */
    synchronized boolean take(int more) {
      if (ended || !HeldBodies.this.take(caller, more)) {
        return false;
      }
      bytes += more;
      return true;
    }

    /** Holds nothing any more. */
    synchronized void end() {
      if (!ended) {
        ended = true;
        giveBack(caller, bytes);
      }
    }
  }
}
