package dev.longshore.pinner;

import dev.longshore.ipfs.BadDagException;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.node.BlockNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.model.Cid;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A sample of a DAG's leaves, weighted by size, taken from the root down.
 *
 * @param sizes bytes of each leaf, according to the links
 */
record LeafSample(Map<Cid, Long> sizes) {
  /** Detects a peer that has a sixth of the bytes with a probability of 95 %. */
  private static final int LEAVES = 16;

  /** Leaves are five levels down in our layout; deeper ones are not sampled well. */
  private static final int DEPTH = 12;

  LeafSample {
    sizes = Map.copyOf(sizes);
  }

  /**
   * Takes a sample. The same DAG gives the same leaves.
   *
   * @throws BadDagException when the node's blocks are of another kind than files and directories
   */
  static LeafSample of(Cid dag, BlockNode node, Deadline deadline) throws KuboException {
    var taker = new Taker(node, deadline);
    var random = new SplittableRandom(dag.hashCode());
    Map<Cid, Long> sizes = new LinkedHashMap<>();
    for (int i = 0; i < LEAVES; i++) {
      taker.descend(dag, random, sizes);
    }
    return new LeafSample(sizes);
  }

  Set<Cid> leaves() {
    return sizes.keySet();
  }

  /** Approximate mean size in bytes of the DAG's leaves; 0 when none were found. */
  long meanBytes() {
    // Large leaves are sampled more often; the harmonic mean corrects for that.
    double blocksPerByte = sizes.values().stream().mapToDouble(size -> 1.0 / size).sum();
    return sizes.isEmpty() ? 0 : Math.round(sizes.size() / blocksPerByte);
  }

  private static final class Taker {
    private final BlockNode node;
    private final Deadline deadline;
    private final Map<Cid, List<PbLink>> read = new HashMap<>();

    Taker(BlockNode node, Deadline deadline) {
      this.node = node;
      this.deadline = deadline;
    }

    void descend(Cid dag, SplittableRandom random, Map<Cid, Long> sizes) throws KuboException {
      Cid at = dag;
      for (int depth = 0; depth < DEPTH && at.codec() == Cid.DAG_PB; depth++) {
        List<PbLink> links = links(at);
        long all = links.stream().mapToLong(PbLink::tsize).sum();
        if (all <= 0) {
          return;
        }
        PbLink link = at(random.nextLong(all), links);
        if (link.cid().codec() == Cid.RAW && !link.cid().isInline()) {
          sizes.put(link.cid(), link.tsize());
        }
        at = link.cid();
      }
    }

    private static PbLink at(long offset, List<PbLink> links) {
      long left = offset;
      for (PbLink link : links) {
        left -= link.tsize();
        if (left < 0) {
          return link;
        }
      }
      return links.getLast();
    }

    private List<PbLink> links(Cid cid) throws KuboException {
      List<PbLink> known = read.get(cid);
      if (known != null) {
        return known;
      }
      Block block = node.block(cid, Reach.LOCAL, deadline);
      List<PbLink> links = PbNode.decode(block.bytes()).links();
      read.put(cid, links);
      return links;
    }
  }
}
