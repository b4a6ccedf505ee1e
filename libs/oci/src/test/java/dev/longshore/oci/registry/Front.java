package dev.longshore.oci.registry;

import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/** Stands before a registry and sees connections, not requests. */
final class Front implements AutoCloseable {
  /** Of all connections that came. */
  final List<Socket> callers = new CopyOnWriteArrayList<>();

  /** Connections that are over. */
  final BlockingQueue<Socket> ended = new LinkedBlockingQueue<>();

  private final int behind;
  private final ServerSocket server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  Front(RegistryHost behind) throws IOException {
    this.behind = URI.create("http://" + behind).getPort();
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  RepositoryName name() {
    return new RepositoryName(new RegistryHost("localhost:" + server.getLocalPort()), "team/app");
  }

  /** Ends all connections, as a server does that is started anew. */
  void hangUp() throws IOException {
    for (Socket caller : callers) {
      caller.shutdownOutput();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket caller = server.accept();
        callers.add(caller);
        var registry = new Socket(InetAddress.getLoopbackAddress(), behind);
        threads.execute(() -> copy(registry, caller));
        threads.execute(
            () -> {
              copy(caller, registry);
              ended.add(caller);
            });
      }
    } catch (IOException e) {
      // Closed: the test is over.
      return;
    }
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // Gone.
      return;
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
  }
}
