package dev.longshore.runtime.edge.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A body in chunks that are sent without a copy. */
@FunctionalInterface
public interface ChunkSource {
  /** The next chunk, not empty; null at the end. */
  @Nullable Chunk next() throws IOException;

  /** Bytes that must not change until they are sent. */
  interface Chunk {
    ByteBuffer bytes();

    /** Called once, on any thread, when they were sent or the caller is gone. */
    void sent();
  }
}
