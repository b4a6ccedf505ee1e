package dev.longshore.ipfs.reader;

import dev.longshore.ipfs.BadDagException;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * The blocks of a DAG in the order of a walk from its root: parents before children, links in their
 * order, each CID where it comes first. Two programs with the same inner nodes agree on the number
 * of each leaf. Inline blocks are part of their CID and not listed.
 *
 * @param nodes inner nodes, the root first
 * @param leaves raw blocks, numbered by their place in this list
 */
public record LeafOrder(List<Cid> nodes, List<Leaf> leaves) {
  public LeafOrder {
    nodes = List.copyOf(nodes);
    leaves = List.copyOf(leaves);
  }

  /**
   * A raw block.
   *
   * @param cid its CID
   * @param bytes its size as the first link to it says, which is unchecked
   * @param parent the inner node that has this link; itself where it is the root
   */
  public record Leaf(Cid cid, long bytes, Cid parent) {}

  /**
   * The order of a DAG's blocks. Only inner nodes are read, each once, and verified.
   *
   * @param deadline for the whole walk
   * @throws BadDagException when they or their links exceed {@link DagClosure#MAX_BLOCKS}, or are
   *     neither files nor directories
   * @throws IOException when the source lacks an inner node, or the time is over
   */
  public static LeafOrder of(Cid root, BlockSource source, Deadline deadline) throws IOException {
    return of(root, source, deadline, DagClosure.MAX_BLOCKS);
  }

  /**
   * As {@link #of(Cid, BlockSource, Deadline)}, with another limit.
   *
   * @param most limit of blocks, and of links between them
   */
  public static LeafOrder of(Cid root, BlockSource source, Deadline deadline, long most)
      throws IOException {
    var walk = new BlockWalk(source, deadline, most);
    BlockSet all = walk.of(root);
    if (root.codec() == Cid.RAW) {
      return new LeafOrder(List.of(), List.of(new Leaf(root, all.bytes(), root)));
    }
    var nodes = new ArrayList<Cid>();
    var leaves = new ArrayList<Leaf>();
    Set<Cid> seen = new HashSet<>();
    // Not by recursion: links to all nodes of a chain make a short walk, and a deep order.
    Deque<Open> open = new ArrayDeque<>();
    seen.add(root);
    nodes.add(root);
    open.push(new Open(root, walk.children(root).iterator()));
    while (!open.isEmpty()) {
      Open node = open.element();
      if (!node.links().hasNext()) {
        open.pop();
        continue;
      }
      PbLink link = node.links().next();
      if (!seen.add(link.cid())) {
        continue;
      }
      if (link.cid().codec() == Cid.RAW) {
        leaves.add(new Leaf(link.cid(), link.tsize(), node.cid()));
      } else {
        nodes.add(link.cid());
        open.push(new Open(link.cid(), walk.children(link.cid()).iterator()));
      }
    }
    return new LeafOrder(nodes, leaves);
  }

  /** A node with links that are still to be followed. */
  private record Open(Cid cid, Iterator<PbLink> links) {}
}
