package dev.longshore.ipfs.wire;

import dev.longshore.model.multiformats.ByteCursor;

/** Steps through the fields of one protobuf message. */
public final class ProtoReader {
  /** Wire type of varints. */
  public static final int VARINT = 0;

  /** Wire type of bytes, strings and messages. */
  public static final int BYTES = 2;

  private static final int FIXED64 = 1;
  private static final int FIXED32 = 5;

  private final ByteCursor cursor;
  private int field;
  private int wireType;

  public ProtoReader(ByteCursor cursor) {
    this.cursor = cursor;
  }

  /** Moves to the next field; false at the end of the message. */
  public boolean next() {
    if (cursor.atEnd()) {
      return false;
    }
    long key = cursor.protoVarint();
    long number = key >>> 3;
    if (number == 0 || number > (1 << 29) - 1) {
      throw new IllegalArgumentException("field number " + number);
    }
    field = (int) number;
    wireType = (int) (key & 7);
    return true;
  }

  public int field() {
    return field;
  }

  public int wireType() {
    return wireType;
  }

  public long varint() {
    require(VARINT);
    return cursor.protoVarint();
  }

  public byte[] bytes() {
    require(BYTES);
    return cursor.take(cursor.protoVarint());
  }

  public ByteCursor message() {
    require(BYTES);
    return cursor.slice(cursor.protoVarint());
  }

  /** Skips the value of an unknown field. */
  public void skip() {
    switch (wireType) {
      case VARINT -> cursor.protoVarint();
      case FIXED64 -> cursor.slice(8);
      case BYTES -> cursor.slice(cursor.protoVarint());
      case FIXED32 -> cursor.slice(4);
      default -> throw new IllegalArgumentException("field " + field + ": wire type " + wireType);
    }
  }

  private void require(int expected) {
    if (wireType != expected) {
      throw new IllegalArgumentException(
          "field %d: wire type %d (expected: %d)".formatted(field, wireType, expected));
    }
  }
}
