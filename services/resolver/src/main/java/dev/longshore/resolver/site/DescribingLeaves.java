package dev.longshore.resolver.site;

import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.ipfs.reader.LeafOrder.Leaf;
import dev.longshore.ipfs.unixfs.UnixFsData;
import dev.longshore.ipfs.unixfs.UnixFsType;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The leaves that a client needs before all others: manifests and configs and, where layers are
 * mounted before they have come, the two ends of each. A snapshotter looks at the first bytes of
 * such a layer, then for its footer and its table of contents, which is its last leaf.
 */
final class DescribingLeaves {
  /** What describes an image is in leaves of less. */
  private static final long SMALL = 64L << 10;

  /** More inner nodes than any file of Longshore has above a leaf. */
  private static final int DEEPEST = 8;

  private final Nodes nodes;
  private final boolean lazy;
  private final Map<Cid, Integer> numbers = new HashMap<>();
  private final BitSet found = new BitSet();

  /** Where inner nodes are, which were all checked. */
  @FunctionalInterface
  interface Nodes {
    byte[] block(Cid cid) throws IOException;
  }

  private DescribingLeaves(LeafOrder order, Nodes nodes, boolean lazy) {
    this.nodes = nodes;
    this.lazy = lazy;
    List<Leaf> leaves = order.leaves();
    for (int number = 0; number < leaves.size(); number++) {
      numbers.put(leaves.get(number).cid(), number);
    }
  }

  /**
   * Their numbers.
   *
   * @param lazy whether its layers are mounted before they have come
   */
  static BitSet of(LeafOrder order, Nodes nodes, boolean lazy) throws IOException {
    DescribingLeaves describing = new DescribingLeaves(order, nodes, lazy);
    if (!order.nodes().isEmpty()) {
      describing.walk(order.nodes().getFirst());
    }
    return describing.found;
  }

  private void walk(Cid root) throws IOException {
    Set<Cid> seen = new HashSet<>(Set.of(root));
    Deque<Cid> open = new ArrayDeque<>(seen);
    while (!open.isEmpty()) {
      PbNode node = node(open.remove());
      if (isDirectory(node)) {
        for (PbLink link : node.links()) {
          if (link.cid().codec() != Cid.DAG_PB) {
            takeSmall(link);
          } else if (seen.add(link.cid())) {
            open.add(link.cid());
          }
        }
      } else if (lazy) {
        takeEnd(node, List::getFirst);
        takeEnd(node, List::getLast);
      }
    }
  }

  private PbNode node(Cid cid) throws IOException {
    return PbNode.decode(nodes.block(cid));
  }

  private static boolean isDirectory(PbNode node) {
    byte[] data = node.data();
    UnixFsType type = data == null ? UnixFsType.FILE : UnixFsData.decode(data).type();
    return type == UnixFsType.DIRECTORY || type == UnixFsType.HAMT_SHARD;
  }

  private void takeEnd(PbNode file, Function<List<PbLink>, PbLink> end) throws IOException {
    PbNode node = file;
    for (int depth = 0; depth < DEEPEST && !node.links().isEmpty(); depth++) {
      Cid cid = end.apply(node.links()).cid();
      if (cid.codec() != Cid.DAG_PB) {
        take(cid);
        return;
      }
      node = node(cid);
    }
  }

  private void takeSmall(PbLink link) {
    if (link.tsize() <= SMALL) {
      take(link.cid());
    }
  }

  private void take(Cid leaf) {
    Integer number = numbers.get(leaf);
    if (number != null) {
      found.set(number);
    }
  }
}
