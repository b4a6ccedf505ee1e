package dev.longshore.resolver.content;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Buffers outside the heap, used again and again. When too many are taken, others come from the
 * heap: slower, but nobody waits for a slow client of somebody else's.
 */
final class ChunkPool {
  /** As much as the hash and the socket take at once while they stay in a core's own cache. */
  static final int CHUNK = 256 * 1024;

  /** 16 MiB: every fetch under way at the usual limit of 16 has its four. */
  private static final int MOST = 64;

  private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();
  private int made;

  /** A buffer of this size; the caller gives it back. */
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

  /** Of the pool's own, those that are out. */
  synchronized int taken() {
    return made - free.size();
  }

  synchronized void giveBack(ByteBuffer buffer) {
    if (buffer.isDirect()) {
      free.push(buffer);
    }
  }
}
