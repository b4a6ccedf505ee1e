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

  private FreePorts() {}

  public static Ports find() {
    Random random = new Random();
    PartFailedException last = null;
    for (int n = 0; n < TRIES; n++) {
      Ports ports = new Ports(random.nextInt(LOWEST, HIGHEST));
      try {
        ports.checkFree();
        return ports;
      } catch (PartFailedException taken) {
        last = taken;
      }
    }
    throw new IllegalStateException("no free ports after " + TRIES + " tries", last);
  }
}
