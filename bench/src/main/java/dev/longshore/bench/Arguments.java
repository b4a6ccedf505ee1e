package dev.longshore.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * The command line.
 *
 * @param names benchmarks asked for; all if empty
 * @param pairs that count
 * @param layerGigabytes of the largest layer
 */
record Arguments(List<String> names, int pairs, int layerGigabytes) {
  /** The fewest whose median has an interval worth the name. */
  static final int USUAL_PAIRS = 11;

  /** What the bars of memory are for; smaller ones are for a look while others work. */
  static final int USUAL_GIGABYTES = 10;

  static final String USAGE = "usage: longshore bench [--pairs N] [--layer-gb N] [NAME...]";

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
    int gigabytes = USUAL_GIGABYTES;
    for (int i = 0; i < arguments.length; i++) {
      String argument = arguments[i];
      if (argument.equals("--pairs") || argument.equals("--layer-gb")) {
        i++;
        int count = count(argument, i < arguments.length ? arguments[i] : "nothing");
        pairs = argument.equals("--pairs") ? count : pairs;
        gigabytes = argument.equals("--layer-gb") ? count : gigabytes;
      } else if (argument.startsWith("-")) {
        throw new IllegalArgumentException(argument + ": not known; " + USAGE);
      } else {
        names.add(argument);
      }
    }
    return new Arguments(names, pairs, gigabytes);
  }

  private static int count(String option, String text) {
    if (!text.matches("[1-9][0-9]{0,3}")) {
      throw new IllegalArgumentException("%s: %s (expected: 1 to 9999)".formatted(option, text));
    }
    return Integer.parseInt(text);
  }
}
