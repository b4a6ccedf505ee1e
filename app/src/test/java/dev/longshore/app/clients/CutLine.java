package dev.longshore.app.clients;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** A way to a server that is cut, for good, when it has carried a number of answered bytes. */
final class CutLine implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final AtomicLong left;
  private final int server;

  CutLine(int server, long bytes) throws IOException {
    this.server = server;
    this.left = new AtomicLong(bytes);
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  boolean isCut() {
    return listener.isClosed();
  }

  private void accept() {
    try {
      while (true) {
        Socket caller = listener.accept();
        Socket called = new Socket(InetAddress.getLoopbackAddress(), server);
        open.addAll(List.of(caller, called));
        Thread.ofVirtual().start(() -> carry(caller, called, false));
        Thread.ofVirtual().start(() -> carry(called, caller, true));
      }
    } catch (IOException e) {
      close();
    }
  }

  private void carry(Socket from, Socket to, boolean counted) {
    byte[] buffer = new byte[8192];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (counted && left.addAndGet(-read) < 0) {
          close();
          return;
        }
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      // Either side may go at any time.
      return;
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
