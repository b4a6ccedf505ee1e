package dev.longshore.model.multiformats;

import java.util.Arrays;

/**
 * Reads forward through a part of an array and never past it. Errors are {@link
 * IllegalArgumentException}s with the offset; the codecs turn them into their own type.
 */
public final class ByteCursor {
  private final byte[] bytes;
  private final int end;
  private int at;

  public ByteCursor(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  private ByteCursor(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  public boolean atEnd() {
    return at == end;
  }

  public int remaining() {
    return end - at;
  }

  public int next() {
    if (at == end) {
      throw new IllegalArgumentException("cut at byte " + at);
    }
    return bytes[at++] & 0xff;
  }

  /** A multiformats varint: minimal, at most nine bytes. */
  public long varint() {
    long value = 0;
    for (int i = 0; i < Varint.MAX_BYTES; i++) {
      int b = next();
      value |= (long) (b & 0x7f) << (7 * i);
      if (b < 0x80) {
        Varint.requireMinimal(b, i);
        return value;
      }
    }
    throw Varint.tooLong();
  }

  /** A protobuf varint: need not be minimal; a value of 2^63 or more is refused. */
  public long protoVarint() {
    long value = 0;
    for (int i = 0; i < 10; i++) {
      int b = next();
      value |= (long) (b & 0x7f) << (7 * i);
      if (b < 0x80) {
        if (i == 9 || value < 0) {
          throw new IllegalArgumentException("varint before byte " + at + ": 2^63 or more");
        }
        return value;
      }
    }
    throw new IllegalArgumentException("varint before byte " + at + ": longer than 10 bytes");
  }

  /** The next {@code length} bytes as a separate cursor, without a copy. */
  public ByteCursor slice(long length) {
    int from = skip(length);
    return new ByteCursor(bytes, from, at);
  }

  public byte[] take(long length) {
    int from = skip(length);
    return Arrays.copyOfRange(bytes, from, at);
  }

  /** All remaining bytes. */
  public byte[] rest() {
    return take(remaining());
  }

  private int skip(long length) {
    if (length < 0 || length > remaining()) {
      throw new IllegalArgumentException(
          "at byte %d: %d bytes announced, %d left".formatted(at, length, remaining()));
    }
    int from = at;
    at += (int) length;
    return from;
  }
}
