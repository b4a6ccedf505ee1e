package dev.longshore.settings;

import java.util.Comparator;
import java.util.List;

/** Finds the intended key for a mistyped one. */
final class NearestKey {
  private NearestKey() {}

  /** A hint for the end of an error, with the nearest key or with all. */
  static String hint(String typed, List<String> keys) {
    return keys.stream()
        .min(Comparator.comparingInt(key -> distance(typed, key)))
        .filter(key -> distance(typed, key) <= Math.max(2, key.length() / 3))
        .map(key -> "; did you mean " + key + "?")
        .orElseGet(() -> keys.isEmpty() ? "" : " (expected: " + String.join(", ", keys) + ")");
  }

  /** Levenshtein's: insertions, deletions and replacements of one character. */
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
