package dev.longshore.resolver.site;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.reader.LeafOrder.Leaf;
import dev.longshore.sites.Leaves;
import dev.longshore.sites.Leaves.Range;
import java.util.BitSet;
import java.util.List;

/** Ranges of leaves that are lacking, as one request asks for them, and how many bytes they are. */
final class LeafRanges {
  private LeafRanges() {}

  /** Bytes of these leaves, as their links say. */
  static long bytes(List<Leaf> leaves, BitSet which) {
    return which.stream().mapToLong(number -> bytes(leaves.get(number))).sum();
  }

  /** Bytes of these leaves, as their links say. */
  static long bytes(List<Leaf> leaves, List<Range> ranges) {
    long bytes = 0;
    for (Range range : ranges) {
      for (long number = range.first(); number <= range.last(); number++) {
        bytes += bytes(leaves.get((int) number));
      }
    }
    return bytes;
  }

  /** What a link says of a block's size is not checked; no block is larger than that. */
  private static long bytes(Leaf leaf) {
    return Math.clamp(leaf.bytes(), 1, Block.MAX_BYTES);
  }

  /**
   * Ranges of leaves that are lacking, from one on.
   *
   * @param most bytes that they may have together
   * @param into where they go, up to what one request may ask for
   * @return the number of the next one, or -1
   */
  static int ahead(List<Leaf> leaves, BitSet lacking, int first, long most, List<Range> into) {
    long bytes = 0;
    int next = first;
    while (next >= 0 && into.size() < Leaves.RANGES && bytes < most) {
      int from = next;
      int to = next;
      while (lacking.get(to) && bytes < most) {
        bytes += bytes(leaves.get(to));
        to++;
      }
      into.add(new Range(from, to - 1L));
      next = lacking.nextSetBit(to);
    }
    return next;
  }
}
