package dev.longshore.programs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Free ports of the loopback interface, each given out once. They are below those for outgoing
 * connections.
 */
public final class FreePorts {
  private static final int LOWEST = 10_000;
  private static final int COUNT = 5_000;

  /**
   * A listener here reserves the port while its process lives, so that none of our other processes
   * takes it before its program listens.
   */
  private static final byte[] CLAIM = {127, 76, 83, 1};

  private static final List<ServerSocket> CLAIMS = new ArrayList<>();
  private static int next = new Random().nextInt(COUNT);

  private FreePorts() {}

  public static int find() throws IOException {
    return find(1).getFirst();
  }

  /** Different ones. */
  public static synchronized List<Integer> find(int count) throws IOException {
    List<Integer> found = new ArrayList<>();
    for (int tries = 0; found.size() < count; tries++) {
      if (tries == COUNT) {
        throw new IOException("no free port from %d to %d".formatted(LOWEST, LOWEST + COUNT - 1));
      }
      int port = LOWEST + next;
      next = (next + 1) % COUNT;
      if (claim(port)) {
        found.add(port);
      }
    }
    return found;
  }

  /** Whether a port was free; it is given to none of our other processes from then on. */
  public static boolean reserve(int port) {
    return claim(port);
  }

  static synchronized boolean claim(int port) {
    try (ServerSocket _ = listen(InetAddress.getLoopbackAddress(), port)) {
      CLAIMS.add(listen(InetAddress.getByAddress(CLAIM), port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }

  private static ServerSocket listen(InetAddress address, int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.bind(new InetSocketAddress(address, port), 1);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
