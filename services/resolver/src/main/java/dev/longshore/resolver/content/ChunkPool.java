package dev.longshore.resolver.content;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * A pool of buffers outside the heap. When all are in use, further ones come from the heap: slower,
 * but no client waits for another, slow one.
 */
final class ChunkPool {
  /** The most that hash and socket can process while the bytes stay in a core's own cache. */
  static final int CHUNK = 256 * 1024;

  /** 16 MiB: four for every fetch at the default limit of 16. */
  private static final int MOST = 64;

  private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();
  private int made;

  /** A buffer of this size; the caller returns it. */
  synchronized ByteBuffer take(int size) {
    if (size < CHUNK / 2) {
      return ByteBuffer.allocate(size);
    }
    ByteBuffer pooled = free.poll();
    if (pooled == null) {
      if (made == MOST) {
        return ByteBuffer.allocate(size);
      }
      pooled = ByteBuffer.allocateDirect(CHUNK);
      made++;
    }
    return pooled.clear().limit(size);
  }

  /** The number of pooled buffers in use. */
  synchronized int taken() {
    return made - free.size();
  }

  synchronized void giveBack(ByteBuffer buffer) {
    if (buffer.isDirect()) {
      free.push(buffer);
    }
  }
}
