package dev.longshore.runtime.edge.access;

import java.util.HashMap;
import java.util.Map;

/** A limited number of places, of which no one caller has all. */
public final class Shares {
  private final int places;
  private final int each;
  private final Map<String, Integer> taken = new HashMap<>();
  private int all;

  /**
   * All are free.
   *
   * @param places in all
   */
  public Shares(int places) {
    this.places = places;
    this.each = ofEach(places);
  }

  /** What one caller may have of so many: a quarter is left to the others, of four or more. */
  public static int ofEach(int places) {
    return places - places / 4;
  }

  /** Whether there was a place; the caller gives it back. */
  public synchronized boolean take(String caller) {
    int now = of(caller);
    if (all >= places || now >= each) {
      return false;
    }
    taken.put(caller, now + 1);
    all++;
    return true;
  }

  /** Gives back what was taken. */
  public synchronized void giveBack(String caller) {
    taken.computeIfPresent(caller, (_, now) -> now == 1 ? null : now - 1);
    all--;
  }

  /** Places that the caller has. */
  public synchronized int of(String caller) {
    return taken.getOrDefault(caller, 0);
  }
}
