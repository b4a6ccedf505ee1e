package dev.longshore.resolver.content;

import dev.longshore.ipfs.ByteInput;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * Reads blocks that the node holds, the fastest way, and continues with peers from the first
 * missing block on.
 */
final class OwnFirst extends ByteInput {
  private final Rest rest;
  private ByteInput in;
  private long position;
  private boolean own = true;

  /** Opens the file at an offset, peers included. */
  @FunctionalInterface
  interface Rest {
    InputStream from(long offset) throws IOException;
  }

  OwnFirst(InputStream own, Rest rest) {
    this.in = ByteInput.of(own);
    this.rest = rest;
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    int n;
    try {
      n = in.read(into);
    } catch (KuboException e) {
      if (!own || e.fault() != Fault.NOT_HELD) {
        throw e;
      }
      own = false;
      in.close();
      in = ByteInput.of(rest.from(position));
      n = in.read(into);
    }
    position += Math.max(n, 0);
    return n;
  }

  @Override
  public void close() throws IOException {
    super.close();
    in.close();
  }
}
