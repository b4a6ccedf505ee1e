package dev.longshore.app.backfill;

import dev.longshore.model.Digest;
import java.util.OptionalInt;

/**
 * A few bits about each of very many blobs, in 16 bytes and more for each: half a million take some
 * 20 MB. Two digests with the same first 64 bits count as one: among a million, once in forty
 * million plans.
 */
final class BlobTable {
  private static final int FIRST = 1 << 10;
  private static final int HEX_OF_KEY = 16;
  private static final int HEX = 16;

  /** An odd constant, as in splitmix64, so that close numbers give far keys. */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private final int words;
  private long[] keys = new long[FIRST];
  private long[] bits;
  private int size;

  /**
   * @param words words of 64 bits for each blob
   */
  BlobTable(int words) {
    this.words = words;
    this.bits = new long[FIRST * words];
  }

  /**
   * What stands for a digest in one of several forms.
   *
   * @param form 0 for the content as it is
   */
  static long key(Digest digest, int form) {
    long first = Long.parseUnsignedLong(digest.hex().substring(0, HEX_OF_KEY), HEX);
    long key = first ^ form * SPREAD;
    return key == 0 ? 1 : key;
  }

  /** The place of a key, which may be new; it holds until the next key. */
  int place(long key) {
    int place = find(key);
    if (keys[place] == key) {
      return place;
    }
    if (size >= keys.length / 2) {
      grow();
      place = find(key);
    }
    keys[place] = key;
    size++;
    return place;
  }

  /** The same without making one. */
  OptionalInt known(long key) {
    int place = find(key);
    return keys[place] == key ? OptionalInt.of(place) : OptionalInt.empty();
  }

  private int find(long key) {
    int mask = keys.length - 1;
    int place = (int) ((key * SPREAD) >>> Integer.SIZE) & mask;
    while (keys[place] != 0 && keys[place] != key) {
      place = (place + 1) & mask;
    }
    return place;
  }

  private void grow() {
    long[] oldKeys = keys;
    long[] oldBits = bits;
    keys = new long[oldKeys.length * 2];
    bits = new long[oldBits.length * 2];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        int place = find(oldKeys[i]);
        keys[place] = oldKeys[i];
        System.arraycopy(oldBits, i * words, bits, place * words, words);
      }
    }
  }

  /** Sets a bit, and says whether it was not set before. */
  boolean set(int place, int bit) {
    int word = place * words + bit / Long.SIZE;
    long before = bits[word];
    bits[word] = before | 1L << bit;
    return bits[word] != before;
  }

  boolean isSet(int place, int bit) {
    return (bits[place * words + bit / Long.SIZE] & 1L << bit) != 0;
  }

  /** The first word, for who uses it as a number. */
  long number(int place) {
    return bits[place * words];
  }

  void number(int place, long number) {
    bits[place * words] = number;
  }
}
