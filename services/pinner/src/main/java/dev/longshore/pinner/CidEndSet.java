package dev.longshore.pinner;

import dev.longshore.model.Cid;
import java.util.Arrays;

/**
 * A set of CIDs by their ends ({@link CidEnds}), which forgets all when it is full: for what must
 * not be done twice more often than now and then.
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
    // No end is 0, which an empty slot is; one in 2^63 is taken for another.
    long end = Math.max(1, CidEnds.end(cid) & Long.MAX_VALUE);
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

  /** Where it is, or would be. */
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
