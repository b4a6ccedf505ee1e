package dev.longshore.bench.serve;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One connection that asks the same again and again, with as little work as possible: the client's
 * processor time is taken from the server's.
 */
final class KeepAliveClient implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 30_000;
  private static final int LONGEST_LINE = 8_192;
  private static final String LENGTH = "content-length:";
  private final Socket socket;
  private final InputStream in;
  private final String rest;

  /**
   * Connects.
   *
   * @param server its host is this machine, whatever it says
   */
  KeepAliveClient(URI server, String accept) throws IOException {
    this.socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    this.in = new BufferedInputStream(socket.getInputStream());
    this.rest =
        " HTTP/1.1\r\nHost: %s\r\nAccept: %s\r\n\r\n".formatted(server.getAuthority(), accept);
  }

  /**
   * One request and its whole answer.
   *
   * @param target path and query
   * @return seconds that it took
   * @throws IOException when the answer is not 200 with a length
   */
  double request(String target) throws IOException {
    long start = System.nanoTime();
    socket.getOutputStream().write(("GET " + target + rest).getBytes(StandardCharsets.US_ASCII));
    String status = line();
    long length = -1;
    for (String header = line(); !header.isEmpty(); header = line()) {
      if (header.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
        length = Long.parseLong(header.substring(LENGTH.length()).strip());
      }
    }
    if (!status.startsWith("HTTP/1.1 200") || length < 0) {
      throw new IOException(
          "GET %s: %s, length %d (expected: 200, a known length)"
              .formatted(target, status, length));
    }
    in.skipNBytes(length);
    return (System.nanoTime() - start) / 1e9;
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
