package dev.longshore.resolver.site;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;

/** A way to a server on which the first connections break off. */
final class BrokenLine implements AutoCloseable {
  private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final URI server;
  private final Break breaks;
  private final int times;
  private final Runnable connected;
  private int connections;

  /** When a connection breaks off. */
  enum Break {
    /** The server gets nothing. */
    AFTER_FIRST_BYTES,
    /** The server has answered, and the answer does not arrive. */
    BEFORE_ANSWER
  }

  /**
   * @param times how many connections break off
   * @param connected told of each connection
   */
  BrokenLine(URI server, Break breaks, int times, Runnable connected) throws IOException {
    this.server = server;
    this.breaks = breaks;
    this.times = times;
    this.connected = connected;
    var _ = Thread.ofVirtual().start(this::accept);
  }

  URI address() {
    return URI.create(server.getScheme() + "://127.0.0.1:" + socket.getLocalPort());
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        connected.run();
        boolean broken = connections++ < times;
        var _ = Thread.ofVirtual().start(() -> carry(client, broken));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void carry(Socket client, boolean broken) {
    try (client) {
      if (broken && breaks == Break.AFTER_FIRST_BYTES) {
        var _ = client.getInputStream().read();
        return;
      }
      try (Socket hub = new Socket(InetAddress.getLoopbackAddress(), server.getPort())) {
        var _ = Thread.ofVirtual().start(() -> copy(client, hub));
        if (broken) {
          var _ = hub.getInputStream().read();
        } else {
          hub.getInputStream().transferTo(client.getOutputStream());
        }
      }
    } catch (IOException e) {
      // Either of them is gone.
    }
  }

  private static void copy(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      in.transferTo(to.getOutputStream());
    } catch (IOException e) {
      // Either of them is gone.
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
