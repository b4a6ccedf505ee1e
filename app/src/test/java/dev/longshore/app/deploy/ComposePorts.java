package dev.longshore.app.deploy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Random;
import java.util.stream.IntStream;

/** Finds ports for the composition, which has them by their first digits. */
final class ComposePorts {
  /** Below the ports of development runs in tests, above those of one beside them. */
  private static final int LOWEST = 60;

  private static final int HIGHEST = 150;
  private static final int TRIES = 50;
  private static final int[] LAST_DIGITS = {50, 51, 53, 54, 55};

  private ComposePorts() {}

  /** First digits: {@code 71} for {@code 7150} to {@code 7155}. */
  static int find() {
    return new Random()
        .ints(TRIES, LOWEST, HIGHEST)
        .filter(first -> IntStream.of(LAST_DIGITS).allMatch(last -> isFree(first * 100 + last)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no free ports after " + TRIES + " tries"));
  }

  private static boolean isFree(int port) {
    try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
