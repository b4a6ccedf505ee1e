package dev.longshore.testing;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Damages valid bytes, for tests that parsers give typed errors and nothing else. */
public final class Mutations {
  private Mutations() {}

  /** The bytes with one to four random changes: flips, cuts, repeats, insertions. */
  public static byte[] mutate(byte[] valid, RandomGenerator random) {
    byte[] bytes = valid.clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes && bytes.length > 0; i++) {
      bytes = once(bytes, random);
    }
    return bytes;
  }

  private static byte[] once(byte[] bytes, RandomGenerator random) {
    int at = random.nextInt(bytes.length);
    return switch (random.nextInt(5)) {
      case 0 -> flipped(bytes, at, (byte) (1 << random.nextInt(8)));
      case 1 -> Arrays.copyOf(bytes, at);
      case 2 -> without(bytes, at, 1 + random.nextInt(16));
      case 3 -> inserted(bytes, at, Arrays.copyOfRange(bytes, at / 2, at));
      default -> inserted(bytes, at, new byte[] {(byte) random.nextInt(256)});
    };
  }

  private static byte[] flipped(byte[] bytes, int at, byte bit) {
    byte[] copy = bytes.clone();
    copy[at] ^= bit;
    return copy;
  }

  private static byte[] without(byte[] bytes, int at, int count) {
    int end = Math.min(bytes.length, at + count);
    byte[] copy = new byte[bytes.length - (end - at)];
    System.arraycopy(bytes, 0, copy, 0, at);
    System.arraycopy(bytes, end, copy, at, bytes.length - end);
    return copy;
  }

  private static byte[] inserted(byte[] bytes, int at, byte[] extra) {
    byte[] copy = new byte[bytes.length + extra.length];
    System.arraycopy(bytes, 0, copy, 0, at);
    System.arraycopy(extra, 0, copy, at, extra.length);
    System.arraycopy(bytes, at, copy, at + extra.length, bytes.length - at);
    return copy;
  }
}
