package dev.longshore.pinner;

import dev.longshore.rules.RuleSettings;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one round of {@link NameWatch} goes by.
 *
 * @param rules by which names are looked at
 * @param print of these, by which the store marks partitions
 * @param assigned partitions, each with the number of its assignment
 * @param marked partitions; those whose mark this round ends are removed
 */
record NameRound(
    List<RuleSettings> rules, String print, Map<Integer, Long> assigned, Set<Integer> marked) {
  boolean isMarked(int partition) {
    return marked.contains(partition);
  }
}
