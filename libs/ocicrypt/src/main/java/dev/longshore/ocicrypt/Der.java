package dev.longshore.ocicrypt;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * Reads DER (X.690): low tags, definite lengths in their shortest form, no recursion. Errors are
 * those of its owner, who says what the bytes are.
 */
final class Der {
  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int NULL = 0x05;
  static final int OID = 0x06;
  static final int SEQUENCE = 0x30;
  static final int SET = 0x31;

  /** Constructed and context-specific. */
  static final int CONTEXT = 0xA0;

  /** Primitive and context-specific. */
  static final int CONTEXT_PRIMITIVE = 0x80;

  private static final int HIGH_TAG = 0x1F;
  private static final int LONG_LENGTH = 0x80;

  /** Bytes of a length; inputs are far smaller than what three can say. */
  private static final int LENGTH_BYTES = 3;

  private final byte[] bytes;
  private final int end;
  private int at;

  Der(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  private Der(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  boolean hasNext() {
    return at < end;
  }

  /** The tag of what comes next; 0, which is no tag, at the end. */
  int peek() {
    return hasNext() ? bytes[at] & 0xFF : 0;
  }

  /** The elements inside one with this tag. */
  Der in(int tag) throws Malformed {
    int length = header(tag);
    Der inside = new Der(bytes, at, at + length);
    at += length;
    return inside;
  }

  /** The content of an element with this tag. */
  byte[] content(int tag) throws Malformed {
    int length = header(tag);
    byte[] content = Arrays.copyOfRange(bytes, at, at + length);
    at += length;
    return content;
  }

  /** An element as it stands, tag and length included. */
  byte[] encoded(int tag) throws Malformed {
    int start = at;
    int length = header(tag);
    at += length;
    return Arrays.copyOfRange(bytes, start, at);
  }

  void skip() throws Malformed {
    int length = header(peek());
    at += length;
  }

  BigInteger integer() throws Malformed {
    byte[] content = content(INTEGER);
    if (content.length == 0) {
      throw new Malformed("an integer without bytes");
    }
    return new BigInteger(content);
  }

  void end() throws Malformed {
    if (hasNext()) {
      throw new Malformed("%d bytes too many".formatted(end - at));
    }
  }

  private int header(int tag) throws Malformed {
    if (!hasNext()) {
      throw new Malformed("it ends where tag 0x%02x is expected".formatted(tag));
    }
    int found = bytes[at++] & 0xFF;
    if (found != tag || (found & HIGH_TAG) == HIGH_TAG) {
      throw new Malformed("tag 0x%02x where 0x%02x is expected".formatted(found, tag));
    }
    int length = length();
    if (length > end - at) {
      throw new Malformed("a length of %d where %d bytes are left".formatted(length, end - at));
    }
    return length;
  }

  private int length() throws Malformed {
    int first = next();
    if (first < LONG_LENGTH) {
      return first;
    }
    int count = first - LONG_LENGTH;
    if (count == 0 || count > LENGTH_BYTES) {
      throw new Malformed("a length of %d bytes".formatted(count));
    }
    int length = 0;
    for (int i = 0; i < count; i++) {
      length = length << 8 | next();
    }
    if (length < LONG_LENGTH || length >>> (8 * (count - 1)) == 0) {
      throw new Malformed("a length that is not in its shortest form");
    }
    return length;
  }

  private int next() throws Malformed {
    if (!hasNext()) {
      throw new Malformed("it ends inside a length");
    }
    return bytes[at++] & 0xFF;
  }

  /** An element with this tag around the parts. */
  static byte[] write(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 5);
    out.write(tag);
    if (length < LONG_LENGTH) {
      out.write(length);
    } else {
      int count = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
      out.write(LONG_LENGTH | count);
      for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) {
        out.write(length >>> shift);
      }
    }
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  static byte[] integer(long value) {
    return write(INTEGER, BigInteger.valueOf(value).toByteArray());
  }
}
