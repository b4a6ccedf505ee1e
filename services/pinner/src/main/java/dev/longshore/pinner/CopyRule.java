package dev.longshore.pinner;

import dev.longshore.rules.PlacementSettings;
import dev.longshore.rules.RuleSettings;
import java.util.Comparator;

/**
 * How many copies of an image are wanted, and where.
 *
 * @param copies verified copies to reach
 * @param min verified copies that peers to avoid are taken for, too
 */
record CopyRule(int copies, int min, PlacementSettings placement) {
  /** Of several names of an image, the rule of the one that asks for most decides. */
  static final Comparator<CopyRule> STRICTEST =
      Comparator.comparingInt(CopyRule::copies).thenComparingInt(CopyRule::min);

  static CopyRule of(RuleSettings rule) {
    return new CopyRule(rule.copies(), rule.minCopies(), rule.placement());
  }

  CopyRule withAtLeast(int others) {
    return others <= copies ? this : with(others);
  }

  CopyRule with(int others) {
    return new CopyRule(others, Math.min(min, others), placement);
  }
}
