package dev.longshore.pinner;

import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Differences that the inventory found and the step must check, by image DAG. Lost in a crash. */
final class InventoryDifferences {
  private final Map<ImageDag, Doubt> byDag = new ConcurrentHashMap<>();

  /**
   * Why to check a DAG.
   *
   * @param peers names of peers that may have more or less of it than recorded
   * @param anywhere whether to fetch it from the whole swarm although no holder is known
   */
  record Doubt(Set<PeerName> peers, boolean anywhere) {
    static final Doubt NONE = new Doubt(Set.of(), false);

    Doubt {
      peers = Set.copyOf(peers);
    }

    /** Adds peers to check. */
    Doubt with(Set<PeerName> more) {
      return and(new Doubt(more, false));
    }

    private Doubt and(Doubt other) {
      Set<PeerName> both = new HashSet<>(peers);
      both.addAll(other.peers);
      return new Doubt(both, anywhere || other.anywhere);
    }
  }

  void raise(ImageDag dag, Doubt doubt) {
    byDag.merge(dag, doubt, Doubt::and);
  }

  /** Removes and returns the doubt about a DAG. */
  Doubt take(ImageDag dag) {
    Doubt doubt = byDag.remove(dag);
    return doubt == null ? Doubt.NONE : doubt;
  }
}
