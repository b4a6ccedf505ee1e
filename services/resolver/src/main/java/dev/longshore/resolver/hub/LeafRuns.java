package dev.longshore.resolver.hub;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.reader.LeafOrder.Leaf;
import dev.longshore.model.Cid;
import dev.longshore.sites.Leaves.Range;
import java.util.ArrayList;
import java.util.List;

/**
 * A request for leaves, grouped by the inner nodes that link them: nodes with more than a few
 * wanted leaves, and the nodes that come next.
 */
final class LeafRuns {
  /** A node's children are fetched together if this share of its leaves is wanted. */
  private static final int WORTH_PERCENT = 25;

  /** A request with a shorter last run does not go on to the following leaves. */
  private static final long GOES_ON = 1L << 20;

  /** Limit of fetching ahead of requests. */
  private static final long NOT_ASKED_YET = 64L << 20;

  private LeafRuns() {}

  /**
   * Consecutive leaves of one node.
   *
   * @param wanted the first wanted leaf
   * @param before bytes of the wanted leaves before it
   */
  record Run(Cid parent, Cid wanted, long before) {}

  /** The nodes whose leaves to fetch together, in reading order. */
  static List<Run> of(List<Leaf> leaves, List<Range> ranges) {
    List<Run> runs = new ArrayList<>();
    long bytes = 0;
    int asked = 0;
    int end = -1;
    int first = -1;
    long before = 0;
    Range last = ranges.getLast();
    for (Range range : ranges) {
      for (int number = (int) range.first(); number <= range.last(); number++) {
        if (number > end) {
          add(leaves, runs, first, end, asked, before);
          first = number;
          end = end(leaves, number);
          asked = 0;
          before = bytes;
        }
        asked++;
        bytes += size(leaves.get(number));
      }
    }
    // A request for leaves up to here will continue with the following ones.
    boolean goesOn = bytes(leaves, last) >= GOES_ON;
    add(leaves, runs, first, end, goesOn ? asked + end - (int) last.last() : asked, before);
    long ahead = Math.min(bytes, NOT_ASKED_YET);
    for (int next = end + 1; goesOn && next < leaves.size() && ahead > 0; next = end + 1) {
      end = end(leaves, next);
      runs.add(new Run(leaves.get(next).parent(), leaves.get(next).cid(), bytes));
      long size = bytes(leaves, new Range(next, end));
      bytes += size;
      ahead -= size;
    }
    return runs;
  }

  private static void add(
      List<Leaf> leaves, List<Run> runs, int wanted, int end, int asked, long before) {
    if (wanted >= 0 && 100L * asked >= (long) WORTH_PERCENT * (end - begin(leaves, wanted) + 1)) {
      runs.add(new Run(leaves.get(wanted).parent(), leaves.get(wanted).cid(), before));
    }
  }

  private static int begin(List<Leaf> leaves, int number) {
    Cid parent = leaves.get(number).parent();
    int begin = number;
    while (begin > 0 && leaves.get(begin - 1).parent().equals(parent)) {
      begin--;
    }
    return begin;
  }

  private static int end(List<Leaf> leaves, int number) {
    Cid parent = leaves.get(number).parent();
    int end = number;
    while (end + 1 < leaves.size() && leaves.get(end + 1).parent().equals(parent)) {
      end++;
    }
    return end;
  }

  private static long bytes(List<Leaf> leaves, Range range) {
    long bytes = 0;
    for (int number = (int) range.first(); number <= range.last(); number++) {
      bytes += size(leaves.get(number));
    }
    return bytes;
  }

  /** A link's size is unverified; no block is larger than this. */
  static long size(Leaf leaf) {
    return Math.clamp(leaf.bytes(), 1, Block.MAX_BYTES);
  }
}
