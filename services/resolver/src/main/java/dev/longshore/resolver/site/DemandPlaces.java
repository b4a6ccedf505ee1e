package dev.longshore.resolver.site;

import dev.longshore.runtime.edge.access.Shares;

/**
 * Limits concurrent requested images. No caller may hold all places, nor may all neighbors
 * together: a local pull finds one.
 */
final class DemandPlaces {
  /** Below the 8 requests for blocks that a hub takes of a site at once. */
  private static final int AT_ONCE = 6;

  private final Shares all = new Shares(AT_ONCE);
  private final Shares ofNeighbors = new Shares(Shares.ofEach(AT_ONCE));

  /** The origin of a request: a client here, or another node of the site. */
  sealed interface Asker {
    /** A client, by its key for limits. */
    record Client(String caller) implements Asker {}

    /** A neighbor at that address. */
    record Neighbor(String address) implements Asker {}
  }

  /** Takes a place if there is one for it; it is given back later. */
  synchronized boolean take(Asker asker) {
    if (!all.take(key(asker))) {
      return false;
    }
    if (asker instanceof Asker.Neighbor && !ofNeighbors.take(key(asker))) {
      all.giveBack(key(asker));
      return false;
    }
    return true;
  }

  synchronized void giveBack(Asker asker) {
    all.giveBack(key(asker));
    if (asker instanceof Asker.Neighbor) {
      ofNeighbors.giveBack(key(asker));
    }
  }

  private static String key(Asker asker) {
    return switch (asker) {
      case Asker.Client(String caller) -> "client " + caller;
      case Asker.Neighbor(String address) -> "neighbor " + address;
    };
  }
}
