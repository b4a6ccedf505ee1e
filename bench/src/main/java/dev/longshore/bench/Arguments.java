package dev.longshore.bench;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The command line.
 *
 * @param names benchmarks asked for; all if empty
 * @param pairs that count
 * @param layerGigabytes of the largest layer
 * @param images of the largest catalog
 * @param minutes of a look at something that rests
 */
record Arguments(List<String> names, int pairs, int layerGigabytes, int images, int minutes) {
  /** The fewest whose median has an interval worth the name. */
  static final int USUAL_PAIRS = 11;

  /** What the bars of memory are for; smaller ones are for a look while others work. */
  static final int USUAL_GIGABYTES = 10;

  private static final int MOST = 9_999;

  /** What the bars of catalogs are for; fewer are for a look while others work. */
  static final int USUAL_IMAGES = 1_000_000;

  /** Longer than what comes every minute; what comes every hour is weighed on its own. */
  static final int USUAL_MINUTES = 10;

  static final String USAGE =
      "usage: longshore bench [--pairs N] [--layer-gb N] [--images N] [--minutes N]"
          + " [NAME [ROW...]]...";

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
    int images = USUAL_IMAGES;
    int minutes = USUAL_MINUTES;
    Iterator<String> left = List.of(arguments).iterator();
    while (left.hasNext()) {
      String argument = left.next();
      switch (argument) {
        case "--pairs" -> pairs = count(argument, left, MOST);
        case "--layer-gb" -> gigabytes = count(argument, left, MOST);
        case "--images" -> images = count(argument, left, USUAL_IMAGES);
        case "--minutes" -> minutes = count(argument, left, MOST);
        default -> {
          if (argument.startsWith("-")) {
            throw new IllegalArgumentException(argument + ": not known; " + USAGE);
          }
          names.add(argument);
        }
      }
    }
    return new Arguments(names, pairs, gigabytes, images, minutes);
  }

  private static int count(String option, Iterator<String> left, int most) {
    String text = left.hasNext() ? left.next() : "nothing";
    if (!text.matches("[1-9][0-9]{0,6}") || Integer.parseInt(text) > most) {
      throw new IllegalArgumentException(
          "%s: %s (expected: 1 to %d)".formatted(option, text, most));
    }
    return Integer.parseInt(text);
  }
}
