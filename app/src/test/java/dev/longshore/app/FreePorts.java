package dev.longshore.app;

import dev.longshore.app.parts.PartFailedException;
import dev.longshore.app.parts.Ports;
import java.util.Random;

/** Finds an offset at which nothing listens, away from the default ports. */
public final class FreePorts {
  private static final int LOWEST = 12_000;

  /** Above it the system takes ports for outgoing connections. */
  private static final int HIGHEST = 22_000;

  private static final int TRIES = 50;

  /** Offsets this far apart share no port, whatever part of the run has it. */
  private static final int STEP = 100;

  /** Offsets of two test JVMs at once, which this far apart share none either. */
  private static final int STEP_OF_FORKS = 15;

  private static final int FORK = Integer.getInteger("surefire.forkNumber", 1);

  private FreePorts() {}

  public static Ports find() {
    Random random = new Random();
    return random
        .ints(TRIES, LOWEST / STEP, HIGHEST / STEP)
        .mapToObj(step -> new Ports(step * STEP + (FORK - 1) % 2 * STEP_OF_FORKS))
        .filter(FreePorts::areFree)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no free ports after " + TRIES + " tries"));
  }

  private static boolean areFree(Ports ports) {
    try {
      ports.checkFree();
      return true;
    } catch (PartFailedException taken) {
      return false;
    }
  }
}
