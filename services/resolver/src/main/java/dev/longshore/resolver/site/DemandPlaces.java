package dev.longshore.resolver.site;

import dev.longshore.runtime.edge.access.CallerPlaces;
import java.util.HashMap;
import java.util.Map;

/**
 * Limits concurrent requested images. A caller with some leaves one free, one with more leaves two,
 * and all neighbors together never hold all: so two greedy callers keep out no third, and a local
 * pull finds one.
 */
final class DemandPlaces {
  /** Below the 8 requests for blocks that a hub takes of a site at once. */
  private static final int AT_ONCE = 6;

  /** So many stay for others that have none, or few. */
  private static final int LEFT = 2;

  private final Map<Asker, Integer> taken = new HashMap<>();
  private final CallerPlaces ofNeighbors = new CallerPlaces(CallerPlaces.ofEach(AT_ONCE));
  private int all;

  /** The origin of a request: a client here, or another node of the site. */
  sealed interface Asker {
    /** A client, by its key for limits. */
    record Client(String caller) implements Asker {}

    /** A neighbor at that address. */
    record Neighbor(String address) implements Asker {}
  }

  /** Takes a place if there is one for it; it is given back later. */
  synchronized boolean take(Asker asker) {
    int its = taken.getOrDefault(asker, 0);
    if (AT_ONCE - all <= Math.min(its, LEFT)) {
      return false;
    }
    if (asker instanceof Asker.Neighbor(String address) && !ofNeighbors.take(address)) {
      return false;
    }
    taken.put(asker, its + 1);
    all++;
    return true;
  }

  synchronized void giveBack(Asker asker) {
    taken.computeIfPresent(asker, (_, its) -> its == 1 ? null : its - 1);
    all--;
    if (asker instanceof Asker.Neighbor(String address)) {
      ofNeighbors.giveBack(address);
    }
  }
}
