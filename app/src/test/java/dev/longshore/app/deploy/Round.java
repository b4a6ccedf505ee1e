package dev.longshore.app.deploy;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Which parts of the composition are killed, paused and cut off at once: two in each way. */
record Round(List<String> killed, List<String> paused, List<String> cut) {
  private static final int HALF = Part.ALL.size() / 2;

  /** From one round to the next: two that are so far apart have all parts between them. */
  private static final int STEP = 3;

  /**
   * Two rounds disturb each part at least once, five each in each way.
   *
   * @param first any number; it says which of the five rounds comes first
   */
  static List<Round> of(long first, int rounds) {
    return IntStream.range(0, rounds)
        .map(number -> Math.floorMod(first + (long) STEP * number, HALF))
        .mapToObj(n -> new Round(parts(n), parts(n + 1), parts(n + 2)))
        .toList();
  }

  private static List<String> parts(int number) {
    int n = number % HALF;
    return List.of(Part.ALL.get(n), Part.ALL.get(n + HALF));
  }

  Stream<String> disturbed() {
    return Stream.of(killed, paused, cut).flatMap(List::stream);
  }

  @Override
  public String toString() {
    return "%s killed, %s paused, %s cut off".formatted(killed, paused, cut);
  }
}
