package dev.longshore.ipfs;

import java.util.Arrays;
import java.util.Random;

/** Damages bytes in one to four places. */
final class Mutations {
  private Mutations() {}

  static byte[] apply(byte[] valid, Random random) {
    byte[] bytes = valid.clone();
    int times = 1 + random.nextInt(4);
    for (int i = 0; i < times && bytes.length > 0; i++) {
      bytes = once(bytes, random);
    }
    return bytes;
  }

  private static byte[] once(byte[] bytes, Random random) {
    int at = random.nextInt(bytes.length);
    return switch (random.nextInt(6)) {
      case 0 -> flip(bytes, at, 1 << random.nextInt(8));
      case 1 -> flip(bytes, at, random.nextInt(256));
      case 2 -> Arrays.copyOf(bytes, at);
      case 3 -> splice(bytes, at, at, new byte[] {(byte) random.nextInt(256)});
      case 4 -> splice(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(8)), new byte[0]);
      default -> {
        int to = Math.min(bytes.length, at + random.nextInt(50));
        yield splice(bytes, random.nextInt(bytes.length), -1, Arrays.copyOfRange(bytes, at, to));
      }
    };
  }

  private static byte[] flip(byte[] bytes, int at, int mask) {
    byte[] flipped = bytes.clone();
    flipped[at] ^= (byte) mask;
    return flipped;
  }

  /** Puts a piece in place of the bytes from {@code from} to {@code to}; -1 inserts. */
  private static byte[] splice(byte[] bytes, int from, int to, byte[] piece) {
    int end = to < 0 ? from : to;
    byte[] spliced = new byte[bytes.length - (end - from) + piece.length];
    System.arraycopy(bytes, 0, spliced, 0, from);
    System.arraycopy(piece, 0, spliced, from, piece.length);
    System.arraycopy(bytes, end, spliced, from + piece.length, bytes.length - end);
    return spliced;
  }
}
