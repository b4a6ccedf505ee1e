package dev.longshore.converter.estargz;

import java.util.Arrays;

/** Where each piece of a file's content lies in the spool, by number. */
final class Members {
  private long[] at = new long[1024];
  private int[] length = new int[1024];
  private int count;

  /** Numbers the next piece. */
  synchronized int next() {
    if (count == at.length) {
      int room = count + count / 2;
      at = Arrays.copyOf(at, room);
      length = Arrays.copyOf(length, room);
    }
    return count++;
  }

  synchronized void put(int member, long position, int bytes) {
    at[member] = position;
    length[member] = bytes;
  }

  synchronized long at(int member) {
    return at[member];
  }

  /** Bytes of the piece as it was put away: a gzip member, or the content itself. */
  synchronized int length(int member) {
    return length[member];
  }
}
