package dev.longshore.resolver.content;

import dev.longshore.ipfs.ByteInput;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.model.Digest;
import dev.longshore.runtime.edge.http.ChunkSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Hashes a whole blob on its way to one client, and holds the last bytes until the digest matches.
 */
final class VerifyingStream extends InputStream implements ChunkSource {
  /** Receives the result for all bytes; not called if some never came. */
  interface Outcome {
    /** For bytes that are not kept. */
    Outcome UNHEARD =
        new Outcome() {
          @Override
          public void right() {}

          @Override
          public void wrong() {}
        };

    void right();

    void wrong();
  }

  private final LocatedContent content;
  private final ByteInput in;
  private final Outcome outcome;
  private final Runnable onClose;
  private final ChunkPool pool;
  private final Hashing hashing;
  private long passed;
  private boolean verified;
  private boolean closed;

  /** The rest of the current chunk, for callers that read bytes. */
  private @Nullable PooledChunk chunk;

  private ByteBuffer rest = ByteBuffer.allocate(0);

  /**
   * @param hashing hashes all bytes; ends with this stream
   * @param outcome called once with the result
   * @param onClose run once when the stream is closed
   */
  VerifyingStream(
      LocatedContent content,
      InputStream in,
      ChunkPool pool,
      Hashing hashing,
      Outcome outcome,
      Runnable onClose) {
    this.content = content;
    this.in = ByteInput.of(in);
    this.pool = pool;
    this.hashing = hashing;
    this.outcome = outcome;
    this.onClose = onClose;
  }

  @Override
  public @Nullable PooledChunk next() throws IOException {
    try {
      long left = content.size() - passed;
      if (left > 0) {
        PooledChunk next = pass(size(left));
        if (passed == content.size()) {
          verify(next);
        }
        return next;
      }
      if (!verified) {
        verify(null);
      }
      return null;
    } catch (IpfsDataException e) {
      throw wrong(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw ContentFailures.stopped(content, passed, e);
    }
  }

  /**
   * The last chunk, held until the digest matches, is at least as long as the bytes that must be
   * held.
   */
  private static int size(long left) {
    long size = Math.min(left, ChunkPool.CHUNK);
    return (int)
        (left > size && left - size < Download.HELD_BACK ? left - Download.HELD_BACK : size);
  }

  private PooledChunk pass(int size) throws IOException {
    ByteBuffer buffer = pool.take(size);
    boolean full = false;
    try {
      while (buffer.hasRemaining()) {
        int n = in.read(buffer);
        if (n < 0) {
          throw wrong("only " + (passed + buffer.position()) + " bytes came");
        }
      }
      full = true;
    } finally {
      if (!full) {
        pool.giveBack(buffer);
      }
    }
    PooledChunk next = new PooledChunk(pool, buffer.flip());
    passed += size;
    try {
      hashing.add(next);
      return next;
    } catch (IOException e) {
      next.sent();
      throw e;
    }
  }

  private void verify(@Nullable PooledChunk last) throws IOException {
    boolean right = false;
    try {
      if (in.read() >= 0) {
        throw wrong("more than " + content.size() + " bytes came");
      }
      Digest found = hashing.finish();
      if (!found.equals(content.digest())) {
        throw wrong("its bytes hash to " + found);
      }
      right = true;
    } finally {
      if (!right && last != null) {
        last.sent();
      }
    }
    verified = true;
    outcome.right();
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
    if (!rest.hasRemaining()) {
      drop();
      PooledChunk next = next();
      if (next == null) {
        return -1;
      }
      chunk = next;
      rest = next.bytes();
    }
    int n = Math.min(length, rest.remaining());
    rest.get(into, offset, n);
    return n;
  }

  private void drop() {
    PooledChunk old = chunk;
    chunk = null;
    if (old != null) {
      old.sent();
    }
  }

  private UnavailableException wrong(String what) {
    outcome.wrong();
    return ContentFailures.wrong(content, what);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      hashing.stop();
      drop();
      ContentFailures.closeQuietly(in);
      onClose.run();
    }
  }
}
