package dev.longshore.resolver.site;

import dev.longshore.runtime.edge.access.Shares;
import java.util.HashMap;
import java.util.Map;

/**
 * Places for images that come because somebody asks for them. Who has some leaves one to others,
 * and who has several leaves two; neither have all neighbors together all: so two that ask for many
 * keep no third one out, and somebody who pulls here finds one.
 */
final class DemandPlaces {
  /** Below the 8 requests for blocks that a hub takes of a site at once. */
  private static final int AT_ONCE = 6;

  /** So many stay for others that have none, or few. */
  private static final int LEFT = 2;

  private final Map<Asker, Integer> taken = new HashMap<>();
  private final Shares ofNeighbors = new Shares(Shares.ofEach(AT_ONCE));
  private int all;

  /** Who asks: somebody who pulls here, or another node of the site. */
  sealed interface Asker {
    /** Of whom it is known by what limits count. */
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
