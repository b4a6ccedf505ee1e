package dev.longshore.ipfs.unixfs;

import dev.longshore.ipfs.dagpb.PbLink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The balanced layout: all leaves at one depth, every node full except the last of its level. Holds
 * one open list of at most {@code maxLinks} children per level.
 */
final class BalancedTree {
  private final BlockWriter writer;
  private final int maxLinks;
  private final List<List<DagLink>> levels = new ArrayList<>();

  BalancedTree(BlockWriter writer, int maxLinks) {
    this.writer = writer;
    this.maxLinks = maxLinks;
    levels.add(new ArrayList<>());
  }

  boolean isEmpty() {
    return levels.size() == 1 && levels.getFirst().isEmpty();
  }

  void addLeaf(DagLink leaf) throws IOException {
    add(0, leaf);
  }

  /** Closes what is open, from the leaves up, and returns the root. */
  DagLink finish() throws IOException {
    for (int level = 0; ; level++) {
      List<DagLink> open = levels.get(level);
      boolean top = level == levels.size() - 1;
      if (top && open.size() == 1) {
        return open.getFirst();
      }
      if (!open.isEmpty()) {
        close(level);
      }
    }
  }

  private void add(int level, DagLink child) throws IOException {
    if (level == levels.size()) {
      levels.add(new ArrayList<>());
    }
    List<DagLink> open = levels.get(level);
    open.add(child);
    if (open.size() == maxLinks) {
      close(level);
    }
  }

  private void close(int level) throws IOException {
    List<DagLink> children = levels.get(level);
    List<PbLink> links = new ArrayList<>(children.size());
    long[] sizes = new long[children.size()];
    long fileSize = 0;
    long blocks = 0;
    for (int i = 0; i < sizes.length; i++) {
      DagLink child = children.get(i);
      links.add(new PbLink(child.cid(), "", child.dagSize()));
      sizes[i] = child.fileSize();
      fileSize += child.fileSize();
      blocks += child.blocks();
    }
    children.clear();
    add(level + 1, writer.node(links, UnixFsData.fileNode(sizes), fileSize, blocks));
  }
}
