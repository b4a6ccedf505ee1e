package dev.longshore.model.multiformats;

/** Unsigned LEB128 of values from 0 to 2^63-1, as multiformats and protobuf write it. */
public final class Varint {
  /** Nine bytes carry 63 bits, the multiformats limit. */
  public static final int MAX_BYTES = 9;

  private Varint() {}

  /** Encoded length of {@code value} in bytes. */
  public static int length(long value) {
    int bits = 64 - Long.numberOfLeadingZeros(requireUnsigned63(value) | 1);
    return (bits + 6) / 7;
  }

  /** Writes at {@code offset} and returns the offset after the last byte. */
  public static int write(long value, byte[] into, int offset) {
    long rest = requireUnsigned63(value);
    int at = offset;
    while (rest >= 0x80) {
      into[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    into[at++] = (byte) rest;
    return at;
  }

  static void requireMinimal(int last, int index) {
    if (last == 0 && index > 0) {
      throw new NumberFormatException("varint: not minimal (ends in a zero byte)");
    }
  }

  static NumberFormatException tooLong() {
    return new NumberFormatException("varint: longer than " + MAX_BYTES + " bytes");
  }

  private static long requireUnsigned63(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("varint: " + value + " (expected: 0 or more)");
    }
    return value;
  }
}
