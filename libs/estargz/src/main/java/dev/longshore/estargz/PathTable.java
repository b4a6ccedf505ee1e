package dev.longshore.estargz;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/** A hash table from paths to entries, open addressing. */
final class PathTable {
  private static final int EMPTY = -1;
  private static final long PRIME = 0x9E37_79B9_7F4A_7C15L;

  /**
   * A random seed: a layer's author must not choose which paths collide. It never affects the
   * output.
   */
  private final long seed = ThreadLocalRandom.current().nextLong();

  private int[] slots = filled(4096);
  private int used;

  private static int[] filled(int size) {
    int[] slots = new int[size];
    Arrays.fill(slots, EMPTY);
    return slots;
  }

  /** Sets the path's entry and returns the previous one, or -1. */
  int put(String path, int entry, NameStore names, int[] nameOf) {
    if (used * 2 >= slots.length) {
      rehash(names, nameOf);
    }
    int slot = slot(path, names, nameOf);
    int earlier = slots[slot];
    slots[slot] = entry;
    if (earlier == EMPTY) {
      used++;
    }
    return earlier;
  }

  int find(String path, NameStore names, int[] nameOf) {
    return slots[slot(path, names, nameOf)];
  }

  private int slot(String path, NameStore names, int[] nameOf) {
    int slot = (int) hash(path) & (slots.length - 1);
    while (slots[slot] != EMPTY && !names.is(nameOf[slots[slot]], path)) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }

  private void rehash(NameStore names, int[] nameOf) {
    int[] old = slots;
    slots = filled(old.length * 2);
    for (int entry : old) {
      if (entry != EMPTY) {
        slots[slot(names.get(nameOf[entry]), names, nameOf)] = entry;
      }
    }
  }

  private long hash(String path) {
    long hash = seed;
    for (int i = 0; i < path.length(); i++) {
      hash = (hash ^ path.charAt(i)) * PRIME;
      hash ^= hash >>> 29;
    }
    return hash ^ hash >>> 32;
  }
}
