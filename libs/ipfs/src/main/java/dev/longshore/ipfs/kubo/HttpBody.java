package dev.longshore.ipfs.kubo;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.util.Map;

/** The body of an HTTP/1.1 answer, and the trailer fields behind it. */
final class HttpBody extends InputStream {
  private final InputStream in;
  private final boolean chunked;

  /** Bytes left in the body or its current chunk; -1 up to the end of the connection. */
  private long left;

  private boolean ended;
  private boolean firstChunk = true;
  private Map<String, String> trailers = Map.of();

  HttpBody(InputStream in, HttpHead head) throws ProtocolException {
    this.in = in;
    this.chunked = head.isChunked();
    this.left = chunked ? 0 : head.length("content-length");
  }

  /** Known once the body was read to its end. */
  Map<String, String> trailers() {
    return trailers;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (chunked && left == 0 && !ended) {
      nextChunk();
    }
    if (ended || (!chunked && left == 0)) {
      ended = true;
      return -1;
    }
    int wanted = left < 0 ? length : (int) Math.min(length, left);
    int read = in.read(into, offset, wanted);
    if (read < 0) {
      return endOfConnection();
    }
    left -= left < 0 ? 0 : read;
    return read;
  }

  private int endOfConnection() throws EOFException {
    if (left >= 0) {
      throw new EOFException("the answer was cut off");
    }
    ended = true;
    return -1;
  }

  private void nextChunk() throws IOException {
    if (!firstChunk && !HttpHead.line(in).isEmpty()) {
      throw new ProtocolException("chunk longer than it says");
    }
    firstChunk = false;
    String line = HttpHead.line(in);
    int extension = line.indexOf(';');
    String size = (extension < 0 ? line : line.substring(0, extension)).strip();
    if (!size.matches("[0-9a-fA-F]{1,15}")) {
      throw new ProtocolException("chunk without a size");
    }
    left = Long.parseLong(size, 16);
    if (left == 0) {
      ended = true;
      trailers = HttpHead.fields(in);
    }
  }
}
