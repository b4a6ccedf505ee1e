package dev.longshore.estargz;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The layer's bytes from the registry: buffered, counted, and with its own failures marked. */
final class SourceBytes extends InputStream {
  private static final int BUFFER_BYTES = 64 << 10;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int at;
  private int end;
  private long taken;
  private boolean ended;
  private @Nullable IOException failure;

  SourceBytes(InputStream in) {
    this.in = in;
  }

  /** The registry stream's exception, if any: not the fault of the layer's bytes. */
  @Nullable IOException failure() {
    return failure;
  }

  /** Number of bytes from the source so far. */
  long taken() {
    return taken;
  }

  /** Whether the next bytes are these, without taking them. */
  boolean startsWith(int... magic) throws IOException {
    while (end - at < magic.length && !ended) {
      System.arraycopy(buffer, at, buffer, 0, end - at);
      end -= at;
      at = 0;
      fill(end);
    }
    if (end - at < magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if ((buffer[at + i] & 0xFF) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  /** Makes bytes available in {@link #buffer} if there are any more. */
  boolean hasMore() throws IOException {
    if (at == end && !ended) {
      at = 0;
      end = 0;
      fill(0);
    }
    return at < end;
  }

  private void fill(int from) throws IOException {
    try {
      int read = 0;
      while (read == 0) {
        read = in.read(buffer, from, buffer.length - from);
      }
      if (read < 0) {
        ended = true;
      } else {
        end = from + read;
        taken += read;
      }
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  byte[] buffer() {
    return buffer;
  }

  int position() {
    return at;
  }

  int available(int most) {
    return Math.min(end - at, most);
  }

  void advance(int count) {
    at += count;
  }

  @Override
  public int read() throws IOException {
    return hasMore() ? buffer[at++] & 0xFF : -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (at == end && length >= BUFFER_BYTES && !ended) {
      return direct(into, offset, length);
    }
    if (!hasMore()) {
      return -1;
    }
    int count = Math.min(length, end - at);
    System.arraycopy(buffer, at, into, offset, count);
    at += count;
    return count;
  }

  private int direct(byte[] into, int offset, int length) throws IOException {
    try {
      int read = in.read(into, offset, length);
      if (read < 0) {
        ended = true;
      } else {
        taken += read;
      }
      return read;
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }
}
