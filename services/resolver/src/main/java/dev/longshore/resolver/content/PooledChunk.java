package dev.longshore.resolver.content;

import dev.longshore.runtime.edge.http.ChunkSource;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** A part of a blob in a pooled buffer, held until both hash and client are done with it. */
final class PooledChunk implements ChunkSource.Chunk {
  private static final int READERS = 2;

  private final ChunkPool pool;
  private final ByteBuffer buffer;
  private final AtomicInteger readers = new AtomicInteger(READERS);

  PooledChunk(ChunkPool pool, ByteBuffer buffer) {
    this.pool = pool;
    this.buffer = buffer;
  }

  @Override
  public ByteBuffer bytes() {
    return buffer.duplicate();
  }

  @Override
  public void sent() {
    done();
  }

  /** Must be called once by each of the two. */
  void done() {
    if (readers.decrementAndGet() == 0) {
      pool.giveBack(buffer);
    }
  }
}
