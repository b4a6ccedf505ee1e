package dev.longshore.runtime.edge.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A body in chunks that go to the caller as they lie in memory. */
@FunctionalInterface
public interface ChunkSource {
  /** The next chunk, not empty; null at the end. */
  @Nullable Chunk next() throws IOException;

  /** Bytes that must stay as they are until they were sent. */
  interface Chunk {
    ByteBuffer bytes();

    /** They went to the caller, or the caller is gone; called once, on any thread. */
    void sent();
  }
}
