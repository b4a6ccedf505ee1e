package dev.longshore.runtime.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A way to a server on which connections can fall silent, as when the server gets a new address.
 */
public final class Relay implements AutoCloseable {
  private static final int CHUNK = 8_192;

  private final ServerSocket listener;
  private final int target;
  private final List<Connection> connections = new CopyOnWriteArrayList<>();

  private Relay(ServerSocket listener, int target) {
    this.listener = listener;
    this.target = target;
  }

  /**
   * Opens one.
   *
   * @param target port of the server on this machine
   */
  public static Relay open(int target) throws IOException {
    ServerSocket listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    Relay relay = new Relay(listener, target);
    Thread.ofVirtual().name("relay accepts").start(relay::accept);
    return relay;
  }

  /** Host and port. */
  public String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  /** From now on nothing comes through the connections that there are; later ones work. */
  public void swallow() {
    connections.forEach(connection -> connection.dead().set(true));
  }

  private record Connection(Socket client, Socket server, AtomicBoolean dead) {}

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        Connection connection = new Connection(client, server, new AtomicBoolean());
        connections.add(connection);
        pump(connection, client, server);
        pump(connection, server, client);
      }
    } catch (IOException e) {
      closeAll();
    }
  }

  private static void pump(Connection connection, Socket from, Socket to) {
    Thread.ofVirtual()
        .name("relay pumps")
        .start(
            () -> {
              byte[] chunk = new byte[CHUNK];
              try (from;
                  to;
                  InputStream in = from.getInputStream();
                  OutputStream out = to.getOutputStream()) {
                for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                  if (!connection.dead().get()) {
                    out.write(chunk, 0, read);
                  }
                }
              } catch (IOException e) {
                // One side ended, and so does the other.
                connection.dead().set(true);
              }
            });
  }

  private void closeAll() {
    for (Connection connection : connections) {
      try (Socket _ = connection.client();
          Socket _ = connection.server()) {
        connection.dead().set(true);
      } catch (IOException e) {
        throw new AssertionError("closing a relayed connection", e);
      }
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    closeAll();
  }
}
