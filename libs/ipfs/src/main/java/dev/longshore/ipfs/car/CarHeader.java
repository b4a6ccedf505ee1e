package dev.longshore.ipfs.car;

import dev.longshore.ipfs.MalformedCarException;
import dev.longshore.model.Cid;
import dev.longshore.model.multiformats.ByteCursor;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The header of a CARv1: the DAG-CBOR map {@code {roots, version: 1}}.
 *
 * @param roots may be empty, so that a DAG can be streamed before its root is known
 */
record CarHeader(List<Cid> roots) {
  private static final int UNSIGNED = 0;
  private static final int BYTES = 2;
  private static final int TEXT = 3;
  private static final int ARRAY = 4;
  private static final int MAP = 5;
  private static final int TAG = 6;

  /** DAG-CBOR's tag for links. */
  private static final int CID_TAG = 42;

  CarHeader {
    roots = List.copyOf(roots);
  }

  byte[] encode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(64);
    head(out, MAP, 2);
    text(out, "roots");
    head(out, ARRAY, roots.size());
    for (Cid root : roots) {
      head(out, TAG, CID_TAG);
      head(out, BYTES, root.byteLength() + 1);
      out.write(0); // the multibase prefix of binary
      out.writeBytes(root.bytes());
    }
    text(out, "version");
    head(out, UNSIGNED, 1);
    return out.toByteArray();
  }

  static CarHeader decode(byte[] bytes) {
    try {
      ByteCursor cursor = new ByteCursor(bytes);
      CarHeader header = read(cursor);
      require(cursor.atEnd(), "bytes behind the map");
      return header;
    } catch (IllegalArgumentException e) {
      throw new MalformedCarException("CAR header: " + e.getMessage(), e);
    }
  }

  private static CarHeader read(ByteCursor cursor) {
    long pairs = length(cursor, MAP);
    List<Cid> roots = null;
    boolean versioned = false;
    for (long i = 0; i < pairs; i++) {
      String key = new String(cursor.take(length(cursor, TEXT)), StandardCharsets.UTF_8);
      switch (key) {
        case "roots" -> {
          require(roots == null, "roots twice");
          roots = roots(cursor);
        }
        case "version" -> {
          require(!versioned, "version twice");
          long version = length(cursor, UNSIGNED);
          require(version == 1, "version " + version + " (expected: 1)");
          versioned = true;
        }
        default -> throw new IllegalArgumentException("unknown key");
      }
    }
    require(versioned, "no version");
    if (roots == null) {
      throw new IllegalArgumentException("no roots");
    }
    return new CarHeader(roots);
  }

  private static List<Cid> roots(ByteCursor cursor) {
    long count = length(cursor, ARRAY);
    List<Cid> roots = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      require(length(cursor, TAG) == CID_TAG, "a root that is no link");
      ByteCursor link = cursor.slice(length(cursor, BYTES));
      require(link.next() == 0, "a link without the binary prefix");
      roots.add(Cid.ofBytes(link.rest()));
    }
    return roots;
  }

  /** Reads the head of an item of one kind: its value, length or count. */
  private static long length(ByteCursor cursor, int kind) {
    int first = cursor.next();
    require(first >>> 5 == kind, "CBOR kind " + (first >>> 5) + " (expected: " + kind + ")");
    int small = first & 0x1f;
    if (small < 24) {
      return small;
    }
    require(small <= 26, "CBOR length of form " + small);
    long value = 0;
    for (int i = 0; i < 1 << (small - 24); i++) {
      value = value << 8 | cursor.next();
    }
    return value;
  }

  private static void head(ByteArrayOutputStream out, int kind, int value) {
    if (value < 24) {
      out.write(kind << 5 | value);
    } else if (value < 256) {
      out.write(kind << 5 | 24);
      out.write(value);
    } else {
      out.write(kind << 5 | 25);
      out.write(value >>> 8);
      out.write(value);
    }
  }

  private static void text(ByteArrayOutputStream out, String text) {
    head(out, TEXT, text.length());
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
