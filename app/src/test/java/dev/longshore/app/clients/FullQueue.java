package dev.longshore.app.clients;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** An address at which nobody answers, not even to refuse: its queue of callers is full. */
final class FullQueue implements AutoCloseable {
  private static final int MOST = 50;
  private static final int WAIT_MILLIS = 300;

  private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  private final List<Socket> waiting = new ArrayList<>();

  FullQueue() throws IOException {
    for (int i = 0; i < MOST; i++) {
      Socket next = new Socket();
      waiting.add(next);
      try {
        next.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()), WAIT_MILLIS);
      } catch (SocketTimeoutException e) {
        return;
      }
    }
    throw new IOException("the system queues more than " + MOST + " callers");
  }

  int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : waiting) {
      socket.close();
    }
  }
}
