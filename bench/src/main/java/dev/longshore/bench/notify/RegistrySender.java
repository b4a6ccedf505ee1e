package dev.longshore.bench.notify;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One connection that posts notifications of the CNCF registry, with as little work as possible.
 */
final class RegistrySender implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 30_000;
  private static final int LONGEST_LINE = 8_192;
  private static final int DIGEST_DIGITS = 64;
  private static final String LENGTH = "content-length:";

  private final Socket socket;
  private final InputStream in;
  private final String head;
  private final int repositories;

  RegistrySender(int port, String token, int repositories) throws IOException {
    this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    this.in = new BufferedInputStream(socket.getInputStream());
    this.repositories = repositories;
    this.head =
        "POST /hooks/dev HTTP/1.1\r\nHost: 127.0.0.1:"
            + port
            + "\r\nAuthorization: Bearer "
            + token
            + "\r\nContent-Type: application/vnd.docker.distribution.events.v2+json"
            + "\r\nContent-Length: ";
  }

  /** Sends one and returns the status of its answer. */
  int send(int number) throws IOException {
    byte[] body = event(number).getBytes(StandardCharsets.US_ASCII);
    byte[] start = (head + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    byte[] whole = new byte[start.length + body.length];
    System.arraycopy(start, 0, whole, 0, start.length);
    System.arraycopy(body, 0, whole, start.length, body.length);
    socket.getOutputStream().write(whole);
    String status = line();
    long length = 0;
    for (String header = line(); !header.isEmpty(); header = line()) {
      if (header.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
        length = Long.parseLong(header.substring(LENGTH.length()).strip());
      }
    }
    in.skipNBytes(length);
    return Integer.parseInt(status.split(" ", 3)[1]);
  }

  /** As the registry writes it, in some 800 bytes. */
  private String event(int number) {
    String hex = Integer.toHexString(number);
    String digest = "sha256:" + "0".repeat(DIGEST_DIGITS - hex.length()) + hex;
    String repository = "team/app" + number % repositories;
    // A formatter would take as long as all the rest.
    return "{\"events\":[{\"id\":\"a"
        + number
        + "\",\"timestamp\":\"2026-01-01T00:00:00.000000001Z\",\"action\":\"push\","
        + "\"target\":{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
        + "\"digest\":\""
        + digest
        + "\",\"size\":1576,\"length\":1576,\"repository\":\""
        + repository
        + "\",\"url\":\"http://registry.example/v2/"
        + repository
        + "/manifests/"
        + digest
        + "\",\"tag\":\"v"
        + number
        + "\"},\"request\":{\"id\":\"b"
        + number
        + "\",\"addr\":\"192.0.2.7:51234\",\"host\":\"registry.example\","
        + "\"method\":\"PUT\",\"useragent\":\"buildkit/v0.20\"},\"actor\":{},"
        + "\"source\":{\"addr\":\"registry-7c9:5000\","
        + "\"instanceID\":\"0e4ab5f3-c6a2-4ac2-a6bb-5b1a6ea8a1f4\"}}]}";
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0 || line.length() > LONGEST_LINE) {
        throw new IOException("answer: ended in its head after \"" + line + "\"");
      }
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
