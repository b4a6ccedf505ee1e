package dev.longshore.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * The command line.
 *
 * @param names benchmarks asked for; all if empty
 */
record Arguments(List<String> names, int pairs) {
  /** The fewest whose median has an interval worth the name. */
  static final int USUAL_PAIRS = 11;

  static final String USAGE = "usage: longshore bench [--pairs N] [NAME...]";

  Arguments {
    names = List.copyOf(names);
  }

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException when it says something else
   */
  static Arguments parse(String... arguments) {
    List<String> names = new ArrayList<>();
    int pairs = USUAL_PAIRS;
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].equals("--pairs")) {
        i++;
        pairs = count(i < arguments.length ? arguments[i] : "nothing");
      } else if (arguments[i].startsWith("-")) {
        throw new IllegalArgumentException(arguments[i] + ": not known; " + USAGE);
      } else {
        names.add(arguments[i]);
      }
    }
    return new Arguments(names, pairs);
  }

  private static int count(String text) {
    if (!text.matches("[1-9][0-9]{0,3}")) {
      throw new IllegalArgumentException("--pairs: " + text + " (expected: 1 to 9999)");
    }
    return Integer.parseInt(text);
  }
}
