package dev.longshore.app;

import dev.longshore.app.parts.PartFailedException;
import dev.longshore.app.parts.Ports;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Finds an offset at which nothing listens, away from the default ports. */
public final class FreePorts {
  private static final int LOWEST = 12_000;

  /** Above it the system takes ports for outgoing connections. */
  private static final int HIGHEST = 22_000;

  private static final int TRIES = 50;

  /** Offsets this far apart share no port, whatever part of the run has it. */
  private static final int STEP = 100;

  /** Offsets of two test JVMs at once, which this far apart share none either. */
  private static final int STEP_OF_FORKS = 7;

  private static final int FORK = Integer.getInteger("surefire.forkNumber", 1);

  /** As app's pom has it. */
  private static final int FORKS = 3;

  private FreePorts() {}

  /**
   * Several sets that share no port, for more than one of each: the ports of programs that a run
   * has but once lie free in all but one of them.
   */
  public static List<Ports> find(int sets) {
    Random random = new Random();
    return random
        .ints(TRIES, LOWEST / STEP, HIGHEST / STEP)
        .mapToObj(step -> step * STEP + (FORK - 1) % FORKS * STEP_OF_FORKS)
        .map(
            offset ->
                IntStream.range(0, sets)
                    .mapToObj(n -> new Ports(offset + n * 2 * STEP_OF_FORKS))
                    .toList())
        .filter(all -> all.stream().allMatch(FreePorts::areFree))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no free ports after " + TRIES + " tries"));
  }

  public static Ports find() {
    return find(1).getFirst();
  }

  public static boolean areFree(Ports ports) {
    try {
      ports.checkFree();
      return true;
    } catch (PartFailedException taken) {
      return false;
    }
  }
}
