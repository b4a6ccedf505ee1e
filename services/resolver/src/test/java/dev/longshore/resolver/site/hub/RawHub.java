package dev.longshore.resolver.site.hub;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/** A hub with TLS that answers to the byte what a test tells it to. */
final class RawHub implements AutoCloseable {
  private final ServerSocket socket;
  private final Answers answers;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  final AtomicInteger connections = new AtomicInteger();

  /** First lines of requests. */
  final List<String> requests = new CopyOnWriteArrayList<>();

  /** Answers one request after another of a connection. */
  @FunctionalInterface
  interface Answers {
    /**
     * Answers one.
     *
     * @param number of the request, over all connections
     * @return whether the connection stays
     */
    boolean answer(int number, OutputStream out) throws Exception;
  }

  RawHub(SSLContext tls, Answers answers) throws IOException {
    this.answers = answers;
    this.socket =
        tls.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  URI address() {
    return URI.create("https://127.0.0.1:" + port());
  }

  int port() {
    return socket.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket next = socket.accept();
        open.add(next);
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(next));
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private void serve(Socket one) {
    try (one) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(one.getInputStream(), StandardCharsets.ISO_8859_1));
      boolean stays = true;
      while (stays) {
        String line = in.readLine();
        if (line == null) {
          return;
        }
        requests.add(line);
        int body = 0;
        for (String head = in.readLine(); !head.isEmpty(); head = in.readLine()) {
          if (head.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
            body = Integer.parseInt(head.substring(15).strip());
          }
        }
        for (int i = 0; i < body; i++) {
          in.read();
        }
        stays = answers.answer(requests.size(), one.getOutputStream());
        one.getOutputStream().flush();
      }
    } catch (Exception e) {
      // The other side is gone, or the test is over.
    }
  }

  static void say(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  @Override
  public void close() throws IOException {
    socket.close();
    for (Socket each : open) {
      each.close();
    }
  }
}
