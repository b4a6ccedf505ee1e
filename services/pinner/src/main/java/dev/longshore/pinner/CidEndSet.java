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
    if (size == most) {
      clear();
    }
    if (2 * size >= slots.length) {
      long[] old = slots;
      slots = new long[2 * old.length];
      Arrays.stream(old).filter(end -> end != 0).forEach(this::put);
    }
    // No end is 0, which an empty slot is; one in 2^64 is taken for another.
    boolean added = put(Math.max(1, CidEnds.end(cid) & Long.MAX_VALUE));
    size += added ? 1 : 0;
    return added;
  }

  private boolean put(long end) {
    int slot = (int) (end % slots.length);
    while (slots[slot] != 0) {
      if (slots[slot] == end) {
        return false;
      }
      slot = (slot + 1) % slots.length;
    }
    slots[slot] = end;
    return true;
  }

  void clear() {
    slots = new long[64];
    size = 0;
  }
}
