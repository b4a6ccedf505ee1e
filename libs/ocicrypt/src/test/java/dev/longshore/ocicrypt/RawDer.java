package dev.longshore.ocicrypt;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;

/** Elements of DER around any bytes: also what no library writes. */
final class RawDer {
  static final int INTEGER = 0x02;
  static final int OCTET_STRING = 0x04;
  static final int SEQUENCE = 0x30;
  static final int SET = 0x31;

  /** Constructed and context-specific. */
  static final int CONTEXT = 0xA0;

  /** Primitive and context-specific. */
  static final int CONTEXT_PRIMITIVE = 0x80;

  private static final int LONG_LENGTH = 0x80;

  private RawDer() {}

  /** An element with this tag around the parts. */
  static byte[] write(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    int length = content.size();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
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
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }

  static byte[] integer(long value) {
    return write(INTEGER, BigInteger.valueOf(value).toByteArray());
  }
}
