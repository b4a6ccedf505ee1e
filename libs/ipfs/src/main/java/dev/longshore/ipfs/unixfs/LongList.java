package dev.longshore.ipfs.unixfs;

import dev.longshore.ipfs.wire.ProtoReader;
import dev.longshore.model.multiformats.ByteCursor;
import java.util.Arrays;

/** A growing list of sizes, without boxing. */
final class LongList {
  private long[] values = new long[16];
  private int size;

  void add(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = value;
  }

  /** A repeated field, packed or not: readers must take both. */
  void readFrom(ProtoReader fields) {
    if (fields.wireType() != ProtoReader.BYTES) {
      add(fields.varint());
      return;
    }
    ByteCursor packed = fields.message();
    while (!packed.atEnd()) {
      add(packed.protoVarint());
    }
  }

  long[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
