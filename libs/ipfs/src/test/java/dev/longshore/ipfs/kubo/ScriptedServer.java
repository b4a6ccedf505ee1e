package dev.longshore.ipfs.kubo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/** A server on loopback that answers every connection as a test says, sound or not. */
final class ScriptedServer implements AutoCloseable {
  /** One connection; returning closes it. */
  interface Script {
    void serve(InputStream in, OutputStream out) throws IOException, InterruptedException;
  }

  private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final BlockingQueue<String> heads = new LinkedBlockingQueue<>();

  /** Counted down when a connection is over. */
  final CountDownLatch over = new CountDownLatch(1);

  /** What it answers when asked for a pin before one is made; unanswered it follows the script. */
  private final String pinned;

  ScriptedServer(Script script) throws IOException {
    this("", script);
  }

  /** A node on which nothing is pinned yet, and whose pins go as the script says. */
  static ScriptedServer pinning(Script script) throws IOException {
    return new ScriptedServer(json(500, "{\"Message\":\"path is not pinned\"}"), script);
  }

  private ScriptedServer(String pinned, Script script) throws IOException {
    this.pinned = pinned;
    Thread.ofVirtual().start(() -> accept(script));
  }

  /** Reads the request's head, then answers with these bytes. */
  static ScriptedServer answering(String answer) throws IOException {
    return new ScriptedServer((in, out) -> out.write(answer.getBytes(StandardCharsets.UTF_8)));
  }

  /** Reads the request's head, then says nothing until the client hangs up. */
  static ScriptedServer silent() throws IOException {
    return new ScriptedServer((in, out) -> waitForEnd(in));
  }

  static void waitForEnd(InputStream in) throws IOException {
    while (in.read() >= 0) {
      // What the client still sends does not matter.
    }
  }

  static String chunked(String body, String trailers) {
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Content-Length: %d\r\n\r\n%x\r\n%s\r\n0\r\n%s\r\n"
        .formatted(body.length(), body.length(), body, trailers);
  }

  static String json(int status, String body) {
    return "HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s".formatted(status, body.length(), body);
  }

  KuboClient client(RpcCredential credential) {
    return new KuboClient(address(credential));
  }

  KuboAddress address(RpcCredential credential) {
    URI uri = URI.create("http://127.0.0.1:" + socket.getLocalPort());
    return new KuboAddress("peer-a", uri, uri, credential);
  }

  KuboClient client() {
    return client(new RpcCredential.None());
  }

  /** The head of the next request. */
  String head() throws InterruptedException {
    return heads.take();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private void accept(Script script) {
    try {
      while (true) {
        Socket connection = socket.accept();
        Thread.ofVirtual().start(() -> serve(connection, script));
      }
    } catch (IOException closed) {
      over.countDown();
    }
  }

  private void serve(Socket connection, Script script) {
    boolean follows = true;
    try (connection) {
      String head = readHead(connection.getInputStream());
      if (head.startsWith("POST /api/v0/pin/ls") && !pinned.isEmpty()) {
        follows = false;
        connection.getOutputStream().write(pinned.getBytes(StandardCharsets.UTF_8));
        return;
      }
      heads.add(head);
      script.serve(connection.getInputStream(), connection.getOutputStream());
    } catch (IOException clientLeft) {
      heads.add("");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (follows) {
        over.countDown();
      }
    }
  }

  private static String readHead(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.UTF_8).endsWith("\r\n\r\n")) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("no request");
      }
      head.write(b);
    }
    return head.toString(StandardCharsets.UTF_8);
  }
}
