package dev.longshore.app.parts;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * Ports that a run has for itself until it ends, also before its programs listen there: two runs
 * that begin at once find all of them free.
 */
public final class PortClaim implements AutoCloseable {
  /** Nothing else listens at this address, so a listener there is a claim. */
  private static final byte[] ADDRESS = {127, 76, 83, 2};

  private final List<ServerSocket> held = new ArrayList<>();

  PortClaim() {}

  /** Whether no other run has it; it is this one's from then on. */
  boolean take(int port) throws IOException {
    InetAddress address = InetAddress.getByAddress(ADDRESS);
    if (!canListenAt(address)) {
      // As on systems whose loopback interface has one address; then a conflict shows later.
      return true;
    }
    ServerSocket socket = new ServerSocket();
    try {
      socket.bind(new InetSocketAddress(address, port), 1);
      held.add(socket);
      return true;
    } catch (IOException taken) {
      socket.close();
      return false;
    }
  }

  private static boolean canListenAt(InetAddress address) {
    try (ServerSocket _ = new ServerSocket(0, 1, address)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    for (ServerSocket socket : held) {
      try {
        socket.close();
      } catch (IOException e) {
        // It is closed all the same.
      }
    }
    held.clear();
  }
}
