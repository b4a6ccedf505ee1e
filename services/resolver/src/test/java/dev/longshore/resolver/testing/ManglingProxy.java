package dev.longshore.resolver.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** Passes connections on to a server, whose answers it damages once when it was asked to. */
public final class ManglingProxy implements AutoCloseable {
  private static final int BUFFER = 16_384;
  private static final long NEVER = Long.MAX_VALUE;

  private final ServerSocket socket;
  private final InetSocketAddress target;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicLong left = new AtomicLong(NEVER);
  private volatile Damage damage = Damage.FLIP;

  /** What becomes of one byte of an answer. */
  public enum Damage {
    /** One of its bits changes. */
    FLIP,
    /** It is left out. */
    DROP,
    /** It comes twice. */
    REPEAT,
    /** The connection ends before it. */
    CUT
  }

  public ManglingProxy(URI server) throws IOException {
    target = new InetSocketAddress(server.getHost(), server.getPort());
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    var _ = threads.submit(this::accept);
  }

  public URI address() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort());
  }

  /** Damages the byte that comes after so many others of any answers, once. */
  public void damage(Damage how, long after) {
    damage = how;
    left.set(after);
  }

  /** Damages nothing; whether the damage that was asked for is done. */
  public boolean over() {
    return left.getAndSet(NEVER) < 0;
  }

  private Void accept() throws IOException {
    while (true) {
      Socket client = socket.accept();
      var _ = threads.submit(() -> connect(client));
    }
  }

  private Void connect(Socket client) throws IOException, InterruptedException {
    try (client;
        Socket server = new Socket()) {
      server.connect(target);
      var _ =
          threads.submit(
              () -> {
                client.getInputStream().transferTo(server.getOutputStream());
                server.shutdownOutput();
                return null;
              });
      answer(server.getInputStream(), client.getOutputStream());
    }
    return null;
  }

  private void answer(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      long before = left.get() == NEVER ? NEVER : left.getAndAdd(-n);
      if (before < 0 || before >= n) {
        out.write(buffer, 0, n);
        continue;
      }
      int at = (int) before;
      out.write(buffer, 0, at);
      switch (damage) {
        case FLIP -> {
          buffer[at] ^= 4;
          out.write(buffer, at, n - at);
        }
        case DROP -> out.write(buffer, at + 1, n - at - 1);
        case REPEAT -> {
          out.write(buffer[at]);
          out.write(buffer, at, n - at);
        }
        case CUT -> {
          return;
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
    threads.shutdownNow();
  }
}
