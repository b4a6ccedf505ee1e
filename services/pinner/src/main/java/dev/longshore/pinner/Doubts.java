package dev.longshore.pinner;

import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the inventory found wrong and the step is to look at, by image DAG; forgotten by a crash.
 */
final class Doubts {
  private final Map<ImageDag, Doubt> byDag = new ConcurrentHashMap<>();

  /**
   * Why a DAG is to be looked at.
   *
   * @param peers names of those that may have more or less of it than its record says
   * @param anywhere whether to ask the whole swarm for it though nobody is known to have it
   */
  record Doubt(Set<PeerName> peers, boolean anywhere) {
    static final Doubt NONE = new Doubt(Set.of(), false);

    Doubt {
      peers = Set.copyOf(peers);
    }

    /** That these peers are to be looked at, too. */
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

  /** What is to be looked at now; the next who asks finds nothing. */
  Doubt take(ImageDag dag) {
    Doubt doubt = byDag.remove(dag);
    return doubt == null ? Doubt.NONE : doubt;
  }
}
