package dev.longshore.resolver.site;

import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.model.ImageDag;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Caches the leaf orders of recently requested DAGs: neighbors request many portions of one image.
 * Bounded by blocks, since the order of one large image takes as much memory as thousands of small
 * ones.
 */
final class RecentOrders {
  /** 25 GB of images in usual leaves: 35 MB of memory, of the 256 MB that a site has. */
  static final int USUAL = 100_000;

  private final int mostBlocks;
  private final Map<ImageDag, LeafOrder> orders = new LinkedHashMap<>(16, 0.75f, true);
  private long blocks;

  /**
   * @param mostBlocks of all that are kept; a larger one is kept alone, as it is asked for again
   *     with the next portion
   */
  RecentOrders(int mostBlocks) {
    this.mostBlocks = mostBlocks;
  }

  synchronized Optional<LeafOrder> of(ImageDag dag) {
    return Optional.ofNullable(orders.get(dag));
  }

  synchronized void keep(ImageDag dag, LeafOrder order) {
    LeafOrder before = orders.put(dag, order);
    blocks += size(order) - (before == null ? 0 : size(before));
    Iterator<LeafOrder> eldest = orders.values().iterator();
    while (blocks > mostBlocks && orders.size() > 1) {
      blocks -= size(eldest.next());
      eldest.remove();
    }
  }

  private static long size(LeafOrder order) {
    return (long) order.nodes().size() + order.leaves().size();
  }
}
