package dev.longshore.oci.registry;

import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A server that speaks as little HTTP as a test wants: it sends bytes, fast or a drop at a time.
 */
final class RawServer implements AutoCloseable {
  /** What is done with each connection. */
  @FunctionalInterface
  interface Script {
    void run(OutputStream out) throws IOException, InterruptedException;
  }

  private final ServerSocket server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  RawServer(Script script) throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    var accepting = threads.submit(() -> accept(script));
    assert !accepting.isCancelled();
  }

  private Void accept(Script script) throws IOException {
    while (true) {
      Socket socket = server.accept();
      var serving =
          threads.submit(
              () -> {
                try (socket) {
                  int first = socket.getInputStream().read();
                  if (first >= 0) {
                    script.run(socket.getOutputStream());
                  }
                }
                return null;
              });
      assert !serving.isCancelled();
    }
  }

  /** Sends the text, then single bytes for as long as the other side holds on. */
  static Script dripping(String head, String drop) {
    return out -> {
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      out.flush();
      while (true) {
        wait(50);
        out.write(drop.getBytes(StandardCharsets.US_ASCII));
        out.flush();
      }
    };
  }

  static Script silent(String head) {
    return out -> {
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      out.flush();
      wait(60_000);
    };
  }

  private static void wait(int millis) throws InterruptedException {
    boolean acquired = new Semaphore(0).tryAcquire(millis, TimeUnit.MILLISECONDS);
    assert !acquired;
  }

  RepositoryName name() {
    return new RepositoryName(new RegistryHost("localhost:" + server.getLocalPort()), "team/app");
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
  }
}
