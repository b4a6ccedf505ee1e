package dev.longshore.ocicrypt;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A packet of OpenPGP (RFC 9580, section 4). Checks lengths, so that the library sees only packets
 * of their declared length.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PgpPacket(int tag, byte[] body) {
  static final int SESSION_KEY = 1;
  static final int SIGNATURE = 2;
  static final int PASSWORD_SESSION_KEY = 3;
  static final int SECRET_KEY = 5;
  static final int PUBLIC_KEY = 6;
  static final int SECRET_SUBKEY = 7;
  static final int UNPROTECTED_DATA = 9;
  static final int MARKER = 10;
  static final int LITERAL = 11;
  static final int USER_ID = 13;
  static final int PUBLIC_SUBKEY = 14;
  static final int PROTECTED_DATA = 18;
  static final int PADDING = 21;

  /** Limit for a file: a key with many signatures has some thousand. */
  private static final int MOST = 20_000;

  private static final int IS_PACKET = 0x80;
  private static final int NEW_FORM = 0x40;
  private static final int TWO_BYTES = 192;
  private static final int PARTIAL = 224;
  private static final int FOUR_BYTES = 255;

  /** Tag, form of the length, length. */
  private static final int HEAD_BYTES = 2 + Integer.BYTES;

  @Override
  public String toString() {
    return "PgpPacket[" + tag + ", " + body.length + " bytes]";
  }

  static List<PgpPacket> read(byte[] bytes) throws Malformed {
    List<PgpPacket> packets = new ArrayList<>();
    Reader reader = new Reader(bytes);
    while (reader.at < bytes.length) {
      if (packets.size() == MOST) {
        throw new Malformed("more than %,d packets".formatted(MOST));
      }
      packets.add(reader.packet());
    }
    return packets;
  }

  /** In the new format, in one piece. */
  byte[] encoded() {
    // Not a stream, which would keep a copy of a literal packet that is never wiped.
    byte[] out = new byte[HEAD_BYTES + body.length];
    out[0] = (byte) (IS_PACKET | NEW_FORM | tag);
    out[1] = (byte) FOUR_BYTES;
    for (int i = 0; i < Integer.BYTES; i++) {
      out[2 + i] = (byte) (body.length >>> (Byte.SIZE * (Integer.BYTES - 1 - i)));
    }
    System.arraycopy(body, 0, out, HEAD_BYTES, body.length);
    return out;
  }

  static byte[] encoded(List<PgpPacket> packets) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    packets.forEach(packet -> out.writeBytes(packet.encoded()));
    return out.toByteArray();
  }

  private static final class Reader {
    private final byte[] bytes;
    private int at;

    Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    private PgpPacket packet() throws Malformed {
      int first = next();
      if ((first & IS_PACKET) == 0) {
        throw new Malformed("no packet begins with 0x%02x".formatted(first));
      }
      if ((first & NEW_FORM) != 0) {
        return new PgpPacket(first & 0x3F, parts());
      }
      int tag = first >> 2 & 0xF;
      int lengthBytes = first & 3;
      return new PgpPacket(
          tag, lengthBytes == 3 ? take(bytes.length - at) : take(number(1 << lengthBytes)));
    }

    private byte[] parts() throws Malformed {
      int first = next();
      if (first < PARTIAL || first == FOUR_BYTES) {
        return take(length(first));
      }
      List<byte[]> parts = new ArrayList<>();
      try {
        while (first >= PARTIAL && first < FOUR_BYTES) {
          parts.add(take(1L << (first & 0x1F)));
          first = next();
        }
        parts.add(take(length(first)));
        return joined(parts);
      } finally {
        parts.forEach(Secrets::wipe);
      }
    }

    private static byte[] joined(List<byte[]> parts) {
      byte[] all = new byte[parts.stream().mapToInt(part -> part.length).sum()];
      int at = 0;
      for (byte[] part : parts) {
        System.arraycopy(part, 0, all, at, part.length);
        at += part.length;
      }
      return all;
    }

    /** Length of a whole body, or of its last part. */
    private long length(int first) throws Malformed {
      return first < TWO_BYTES
          ? first
          : first < PARTIAL ? ((first - TWO_BYTES) << 8) + next() + TWO_BYTES : number(4);
    }

    private long number(int count) throws Malformed {
      long number = 0;
      for (int i = 0; i < count; i++) {
        number = number << 8 | next();
      }
      return number;
    }

    private int next() throws Malformed {
      if (at == bytes.length) {
        throw new Malformed("it ends inside a packet's head");
      }
      return bytes[at++] & 0xFF;
    }

    private byte[] take(long length) throws Malformed {
      if (length > bytes.length - at) {
        throw new Malformed(
            "a packet of %d bytes where %d are left".formatted(length, bytes.length - at));
      }
      int start = at;
      at += (int) length;
      return Arrays.copyOfRange(bytes, start, at);
    }
  }
}
