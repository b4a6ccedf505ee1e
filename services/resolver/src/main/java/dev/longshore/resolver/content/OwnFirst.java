package dev.longshore.resolver.content;

import dev.longshore.ipfs.kubo.Fault;
import dev.longshore.ipfs.kubo.KuboException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads what the node holds itself, on its fastest way, and goes on with what peers send where a
 * block is missing.
 */
final class OwnFirst extends InputStream {
  private final Rest rest;
  private InputStream in;
  private long position;
  private boolean own = true;

  /** Opens the file from an offset on, peers included. */
  @FunctionalInterface
  interface Rest {
    InputStream from(long offset) throws IOException;
  }

  OwnFirst(InputStream own, Rest rest) {
    this.in = own;
    this.rest = rest;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int n;
    try {
      n = in.read(into, offset, length);
    } catch (KuboException e) {
      if (!own || e.fault() != Fault.NOT_HELD) {
        throw e;
      }
      own = false;
      in.close();
      in = rest.from(position);
      n = in.read(into, offset, length);
    }
    position += Math.max(n, 0);
    return n;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
