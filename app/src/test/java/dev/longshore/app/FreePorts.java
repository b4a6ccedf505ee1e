package dev.longshore.app;

import dev.longshore.app.parts.PartFailedException;
import dev.longshore.app.parts.Ports;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Offsets at which nothing listens, away from the default ports and from those that {@link
 * dev.longshore.programs.FreePorts} gives out. Each JVM of a test run has some of its own.
 */
public final class FreePorts {
  /** Integration tests, which run beside the unit tests, have another one. */
  private static final int LOWEST = Integer.getInteger("longshore.test.lowest-offset", 12_000);

  /** Sets of ports this far apart, and over a range of less than 900, share none. */
  private static final int STEP = 60;

  /** As app's pom has it. */
  private static final int FORKS = 3;

  private static final int SETS_OF_A_FORK = 5;
  private static final int FORK = Integer.getInteger("longshore.test.fork", 1);

  /** One that was just left may end still, so it comes last. */
  private static int next = new Random().nextInt(SETS_OF_A_FORK);

  private FreePorts() {}

  /** Several sets. */
  public static synchronized List<Ports> find(int sets) {
    List<Ports> found =
        IntStream.range(0, SETS_OF_A_FORK)
            .map(n -> (next + n) % SETS_OF_A_FORK)
            .mapToObj(set -> all().get(set * FORKS + (FORK - 1) % FORKS))
            .filter(FreePorts::areFree)
            .limit(sets)
            .toList();
    if (found.size() < sets) {
      throw new IllegalStateException(
          "%d of %d sets of ports are free, from offset %d"
              .formatted(found.size(), sets, LOWEST + STEP * ((FORK - 1) % FORKS)));
    }
    next = (next + sets) % SETS_OF_A_FORK;
    return found;
  }

  /** Those of all JVMs. */
  static List<Ports> all() {
    return IntStream.range(0, FORKS * SETS_OF_A_FORK)
        .mapToObj(set -> new Ports(LOWEST + STEP * set))
        .toList();
  }

  public static Ports find() {
    return find(1).getFirst();
  }

  public static boolean areFree(Ports ports) {
    try {
      ports.checkFree(Ports.SITES);
      return true;
    } catch (PartFailedException taken) {
      return false;
    }
  }
}
