package dev.longshore.pinner;

import dev.longshore.model.Cid;
import java.util.Arrays;

/**
 * CIDs in eight bytes each: the last bytes of the hash. Among a million, two collide with a chance
 * of one in 10^7.
 */
final class CompactCids {
  static final CompactCids NONE = new CompactCids();

  private long[] ends = new long[64];
  private int size;
  private boolean sorted = true;

  void add(Cid cid) {
    if (size == ends.length) {
      ends = Arrays.copyOf(ends, 2 * size);
    }
    ends[size++] = end(cid);
    sorted = false;
  }

  /** Sorts them for {@link #contains}. */
  CompactCids sorted() {
    Arrays.sort(ends, 0, size);
    sorted = true;
    return this;
  }

  boolean contains(Cid cid) {
    if (!sorted) {
      throw new IllegalStateException("not sorted since the last was added");
    }
    return Arrays.binarySearch(ends, 0, size, end(cid)) >= 0;
  }

  /** A fingerprint that does not depend on the order. */
  Print print() {
    long sum = 0;
    for (int i = 0; i < size; i++) {
      // The finalizer of MurmurHash3: without it, ends would have to differ in their sum alone.
      long mixed = ends[i];
      mixed = (mixed ^ (mixed >>> 33)) * 0xff51afd7ed558ccdL;
      mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
      sum += mixed ^ (mixed >>> 33);
    }
    return new Print(size, sum);
  }

  /** A fingerprint: equal for equal sets. */
  record Print(int size, long sum) {}

  static long end(Cid cid) {
    byte[] bytes = cid.bytes();
    long end = 0;
    for (int i = Math.max(0, bytes.length - Long.BYTES); i < bytes.length; i++) {
      end = (end << 8) | (bytes[i] & 0xff);
    }
    return end;
  }
}
