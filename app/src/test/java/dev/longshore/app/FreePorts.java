package dev.longshore.app;

import dev.longshore.app.parts.PartFailedException;
import dev.longshore.app.parts.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Finds an offset at which nothing listens, away from the default ports. No set of ports that is
 * found shares one with another, in this or in another test JVM.
 */
public final class FreePorts {
  private static final int LOWEST = 12_000;

  /** Above it the system takes ports for outgoing connections. */
  private static final int HIGHEST = 22_000;

  private static final int TRIES = 500;

  /** Nothing else listens at this address, so a listener there is a claim while this JVM lives. */
  private static final byte[] CLAIM = {127, 76, 83, 3};

  private static final List<ServerSocket> CLAIMS = new ArrayList<>();
  private static final Random RANDOM = new Random();

  private FreePorts() {}

  /** Several sets, for more than one run. */
  public static List<Ports> find(int sets) {
    return IntStream.range(0, sets).mapToObj(_ -> find()).toList();
  }

  public static Ports find() {
    for (int tries = 0; tries < TRIES; tries++) {
      Ports ports = new Ports(RANDOM.nextInt(LOWEST, HIGHEST));
      if (areFree(ports) && claim(ports)) {
        return ports;
      }
    }
    throw new IllegalStateException("no free ports after " + TRIES + " tries");
  }

  /** Whether nobody had claimed one of them; else none is claimed. */
  static synchronized boolean claim(Ports ports) {
    List<ServerSocket> claims = new ArrayList<>();
    try {
      for (int port : ports.wanted(Ports.SITES).keySet()) {
        claims.add(new ServerSocket(port, 1, InetAddress.getByAddress(CLAIM)));
      }
      CLAIMS.addAll(claims);
      return true;
    } catch (IOException taken) {
      claims.forEach(FreePorts::close);
      return false;
    }
  }

  private static void close(ServerSocket claim) {
    try {
      claim.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
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
