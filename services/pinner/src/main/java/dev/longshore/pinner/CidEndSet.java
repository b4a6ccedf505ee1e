package dev.longshore.pinner;

import dev.longshore.model.Cid;
import java.util.Arrays;

/**
 * A set of CIDs by their ends ({@link CompactCids}), which is cleared when full: for work that may
 * be repeated now and then.
 */
final class CidEndSet {
  private final int most;
  private long[] slots = new long[64];
  private int size;

  CidEndSet(int most) {
    this.most = most;
  }

  /** Returns whether it is new. */
  boolean add(Cid cid) {
    // 0 marks an empty slot, so no end is 0; one in 2^63 is confused with another.
    long end = Math.max(1, CompactCids.end(cid) & Long.MAX_VALUE);
    if (slots[slot(end)] == end) {
      return false;
    }
    if (size == most) {
      clear();
    }
    if (2 * size >= slots.length) {
      long[] old = slots;
      slots = new long[2 * old.length];
      Arrays.stream(old).filter(other -> other != 0).forEach(this::put);
    }
    put(end);
    size++;
    return true;
  }

  private void put(long end) {
    slots[slot(end)] = end;
  }

  /** The slot of an end, used or free. */
  private int slot(long end) {
    int slot = (int) (end % slots.length);
    while (slots[slot] != 0 && slots[slot] != end) {
      slot = (slot + 1) % slots.length;
    }
    return slot;
  }

  void clear() {
    slots = new long[64];
    size = 0;
  }
}
