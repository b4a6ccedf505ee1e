package dev.longshore.resolver.site;

import dev.longshore.sites.Leaves.Range;
import java.util.ArrayList;
import java.util.List;

/** Requested leaves that have not arrived, so that only these are requested from another source. */
final class RangesLeft {
  private final List<Range> asked;
  private long came;

  /**
   * @param asked ascending, none touching another
   */
  RangesLeft(List<Range> asked) {
    this.asked = List.copyOf(asked);
  }

  /** The next one came. */
  void came() {
    came++;
  }

  boolean isEmpty() {
    return ranges().isEmpty();
  }

  /** Those that did not come. */
  List<Range> ranges() {
    List<Range> left = new ArrayList<>();
    long skipped = came;
    for (Range range : asked) {
      long count = range.last() - range.first() + 1;
      if (skipped < count) {
        left.add(new Range(range.first() + skipped, range.last()));
      }
      skipped = Math.max(0, skipped - count);
    }
    return left;
  }
}
