package dev.longshore.converter.estargz;

import java.util.Arrays;

/** Where each piece of a file's content lies in the spool, by number. */
final class Members {
  private long[] at = new long[1024];
  private int[] length = new int[1024];
  private int count;

  /** Numbers the next pieces; the first one's number. */
  synchronized int reserve(int pieces) {
    int first = count;
    count = Math.addExact(count, pieces);
    if (count > at.length) {
      int room = Math.max(count, at.length + at.length / 2);
      at = Arrays.copyOf(at, room);
      length = Arrays.copyOf(length, room);
    }
    return first;
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
