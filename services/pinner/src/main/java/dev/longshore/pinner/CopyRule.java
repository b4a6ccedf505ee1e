package dev.longshore.pinner;

import dev.longshore.rules.PlacementSettings;
import dev.longshore.rules.RuleSettings;

/**
 * How many copies of an image are wanted, and where.
 *
 * @param copies number of verified copies to reach
 * @param min number for which even peers to avoid are used
 */
record CopyRule(int copies, int min, PlacementSettings placement) {
  static CopyRule of(RuleSettings rule) {
    return new CopyRule(rule.copies(), rule.minCopies(), rule.placement());
  }

  /**
   * Combines the rules of two names of an image: the larger numbers, and the placement of the one
   * with more copies.
   */
  CopyRule and(CopyRule other) {
    CopyRule more = other.copies > copies ? other : this;
    return new CopyRule(more.copies, Math.max(min, other.min), more.placement);
  }

  CopyRule withAtLeast(int others) {
    return others <= copies ? this : with(others);
  }

  CopyRule with(int others) {
    return new CopyRule(others, Math.min(min, others), placement);
  }
}
