package dev.longshore.ipfs.node;

/**
 * A part of a file.
 *
 * @param offset first byte, from 0
 * @param length bytes, 1 or more; {@link #TO_THE_END} for all that follow
 */
public record ByteRange(long offset, long length) {
  public static final long TO_THE_END = Long.MAX_VALUE;
  public static final ByteRange ALL = new ByteRange(0, TO_THE_END);

  public ByteRange {
    if (offset < 0 || length < 1) {
      throw new IllegalArgumentException(
          "range: %d+%d (expected: offset >= 0, length >= 1)".formatted(offset, length));
    }
  }

  public static ByteRange from(long offset) {
    return new ByteRange(offset, TO_THE_END);
  }

  public boolean isAll() {
    return offset == 0 && length == TO_THE_END;
  }

  /** How much of a file of {@code size} bytes this covers. */
  public long lengthWithin(long size) {
    return Math.clamp(size - offset, 0, length);
  }
}
