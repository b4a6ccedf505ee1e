package dev.longshore.ipfs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** A stream read into buffers of any kind, so that bytes of a file need not be copied. */
public abstract class ByteInput extends InputStream implements ReadableByteChannel {
  private boolean closed;

  /** Reads any stream; bytes for buffers outside the heap are copied once. */
  public static ByteInput of(InputStream stream) {
    return stream instanceof ByteInput input ? input : new OfStream(stream);
  }

  @Override
  public abstract int read(ByteBuffer into) throws IOException;

  @Override
  public final int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public final int read(byte[] into, int offset, int length) throws IOException {
    return length == 0 ? 0 : read(ByteBuffer.wrap(into, offset, length));
  }

  @Override
  public final boolean isOpen() {
    return !closed;
  }

  @Override
  public void close() throws IOException {
    closed = true;
  }

  private static final class OfStream extends ByteInput {
    private static final int COPIED_AT_ONCE = 64 * 1024;

    private final InputStream stream;
    private byte[] copied = new byte[0];

    OfStream(InputStream stream) {
      this.stream = stream;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
      if (into.hasArray()) {
        int n = stream.read(into.array(), into.arrayOffset() + into.position(), into.remaining());
        into.position(into.position() + Math.max(n, 0));
        return n;
      }
      int most = Math.min(COPIED_AT_ONCE, into.remaining());
      if (copied.length < most) {
        copied = new byte[most];
      }
      int n = stream.read(copied, 0, most);
      into.put(copied, 0, Math.max(n, 0));
      return n;
    }

    @Override
    public void close() throws IOException {
      super.close();
      stream.close();
    }
  }
}
