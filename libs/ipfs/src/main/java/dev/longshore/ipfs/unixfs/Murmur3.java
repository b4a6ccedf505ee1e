package dev.longshore.ipfs.unixfs;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** MurmurHash3 x64-128 with seed 0, the first 64 bits, as used by sharded directories. */
final class Murmur3 {
  /** Multicodec murmur3-x64-64. */
  static final long CODE = 0x22;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long C1 = 0x87c37b91114253d5L;
  private static final long C2 = 0x4cf5ad432745937fL;

  private Murmur3() {}

  static long hash(byte[] bytes) {
    long h1 = 0;
    long h2 = 0;
    int whole = bytes.length & ~15;
    for (int i = 0; i < whole; i += 16) {
      h1 = Long.rotateLeft(h1 ^ mixFirst((long) LONGS.get(bytes, i)), 27) + h2;
      h1 = h1 * 5 + 0x52dce729;
      h2 = Long.rotateLeft(h2 ^ mixSecond((long) LONGS.get(bytes, i + 8)), 31) + h1;
      h2 = h2 * 5 + 0x38495ab5;
    }
    h1 ^= mixFirst(tail(bytes, whole));
    h2 ^= mixSecond(tail(bytes, whole + 8));
    h1 ^= bytes.length;
    h2 ^= bytes.length;
    h1 += h2;
    h2 += h1;
    return finish(h1) + finish(h2);
  }

  /** Up to eight bytes from {@code from}, little-endian, zeros behind the end. */
  private static long tail(byte[] bytes, int from) {
    long value = 0;
    for (int i = Math.min(bytes.length, from + 8) - 1; i >= from; i--) {
      value = value << 8 | (bytes[i] & 0xff);
    }
    return value;
  }

  private static long mixFirst(long k) {
    return Long.rotateLeft(k * C1, 31) * C2;
  }

  private static long mixSecond(long k) {
    return Long.rotateLeft(k * C2, 33) * C1;
  }

  private static long finish(long h) {
    long k = (h ^ h >>> 33) * 0xff51afd7ed558ccdL;
    k = (k ^ k >>> 33) * 0xc4ceb9fe1a85ec53L;
    return k ^ k >>> 33;
  }
}
