package dev.longshore.estargz;

import java.io.IOException;
import java.util.Arrays;

/** The place of each piece of content in the spool, by number. */
final class Members {
  /** Bytes for both arrays, and for their copies as they grow. */
  private static final int MEMBER_BYTES = 24;

  private final LayerHeap heap;
  private long[] at = new long[1024];
  private int[] length = new int[1024];
  private int count;

  Members(LayerHeap heap) {
    this.heap = heap;
  }

  /** Numbers the next piece; on the layer's own thread. */
  int next() throws IOException {
    if (count == at.length) {
      heap.take((long) MEMBER_BYTES * (count / 2));
      grow(count + count / 2);
    }
    return count++;
  }

  private synchronized void grow(int room) {
    at = Arrays.copyOf(at, room);
    length = Arrays.copyOf(length, room);
  }

  synchronized void put(int member, long position, int bytes) {
    at[member] = position;
    length[member] = bytes;
  }

  synchronized long at(int member) {
    return at[member];
  }

  /** Size of the spooled piece: a gzip member, or the content itself. */
  synchronized int length(int member) {
    return length[member];
  }
}
