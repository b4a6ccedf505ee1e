package dev.longshore.app;

import dev.longshore.app.parts.PartFailedException;
import dev.longshore.app.parts.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Finds an offset at which nothing listens, away from the default ports. */
public final class FreePorts {
  private static final int LOWEST = 12_000;

  /** Above it the system takes ports for outgoing connections. */
  private static final int HIGHEST = 22_000;

  private static final int TRIES = 500;

  /** Nothing else listens at this address, so a listener there is a claim. */
  private static final byte[] CLAIM = {127, 76, 83, 3};

  private static final List<ServerSocket> CLAIMS = new ArrayList<>();

  /** Offsets this far apart share no port, whatever part of the run has it. */
  private static final int STEP = 100;

  /** Offsets of two test JVMs at once, which this far apart share none either. */
  private static final int STEP_OF_FORKS = 7;

  /** Sets this far apart share no port. */
  private static final int STEP_OF_SETS = 60;

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
                    .mapToObj(n -> new Ports(offset + n * STEP_OF_SETS))
                    .toList())
        .filter(all -> all.stream().allMatch(FreePorts::areFree))
        .filter(all -> all.stream().allMatch(FreePorts::claim))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no free ports after " + TRIES + " tries"));
  }

  public static Ports find() {
    return find(1).getFirst();
  }

  /** Keeps the other test JVMs from them while this one lives. */
  private static synchronized boolean claim(Ports ports) {
    List<ServerSocket> claims = new ArrayList<>();
    try {
      for (int port : ports.wanted(Ports.SITES).keySet()) {
        claims.add(new ServerSocket(port, 1, InetAddress.getByAddress(CLAIM)));
      }
      CLAIMS.addAll(claims);
      return true;
    } catch (IOException taken) {
      for (ServerSocket claim : claims) {
        close(claim);
      }
      return false;
    }
  }

  private static void close(ServerSocket claim) {
    try {
      claim.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
