package dev.longshore.runtime.edge.access;

import java.util.HashMap;
import java.util.Map;

/** A limited number of places, never all held by one caller. */
public final class CallerPlaces {
  private final int places;
  private final int each;
  private final Map<String, Integer> taken = new HashMap<>();
  private int all;

  /**
   * @param places total number
   */
  public CallerPlaces(int places) {
    this(places, ofEach(places));
  }

  /**
   * @param places total number
   * @param each number that one caller may hold
   */
  public CallerPlaces(int places, int each) {
    this.places = places;
    this.each = each;
  }

  /** The share of one caller: of four or more places, a quarter stays for others. */
  public static int ofEach(int places) {
    return places - places / 4;
  }

  /** Total number. */
  public int places() {
    return places;
  }

  /** Number that one caller may hold. */
  public int each() {
    return each;
  }

  /** Takes a place if there is one; the caller returns it later. */
  public synchronized boolean take(String caller) {
    int now = of(caller);
    if (all >= places || now >= each) {
      return false;
    }
    taken.put(caller, now + 1);
    all++;
    return true;
  }

  /** Returns a place. */
  public synchronized void giveBack(String caller) {
    taken.computeIfPresent(caller, (_, now) -> now == 1 ? null : now - 1);
    all--;
  }

  /** Places that the caller has. */
  public synchronized int of(String caller) {
    return taken.getOrDefault(caller, 0);
  }
}
