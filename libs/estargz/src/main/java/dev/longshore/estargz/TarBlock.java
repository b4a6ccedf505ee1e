package dev.longshore.estargz;

import dev.longshore.estargz.EstargzException.Reason;
import java.util.Arrays;

/** The fields of one header block: v7, ustar, GNU and star. */
final class TarBlock {
  static final int BYTES = 512;

  private static final int CHECKSUM_AT = 148;
  private static final int CHECKSUM_BYTES = 8;

  private enum Format {
    V7,
    USTAR,
    STAR,
    GNU
  }

  private final byte[] block;
  private final Format format;

  TarBlock(byte[] block) throws EstargzException {
    this.block = block;
    checkSum();
    this.format = format();
  }

  static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  /** Bytes up to the next block. */
  static int padding(long size) {
    return (int) (-size & (BYTES - 1));
  }

  private void checkSum() throws EstargzException {
    long unsigned = 0;
    long signed = 0; // as Sun's tar counted
    for (int i = 0; i < BYTES; i++) {
      byte b = i >= CHECKSUM_AT && i < CHECKSUM_AT + CHECKSUM_BYTES ? (byte) ' ' : block[i];
      unsigned += b & 0xFF;
      signed += b;
    }
    long stated = number("checksum", CHECKSUM_AT, CHECKSUM_BYTES);
    if (stated != unsigned && stated != signed) {
      throw invalid("a header's checksum is %d, its bytes give %d".formatted(stated, unsigned));
    }
  }

  private Format format() {
    if (has(257, "ustar\0")) {
      return has(508, "tar\0") ? Format.STAR : Format.USTAR;
    }
    return has(257, "ustar  \0") ? Format.GNU : Format.V7;
  }

  private boolean has(int at, String text) {
    return ByteText.of(block, at, text.length()).equals(text);
  }

  char flag() {
    return (char) (block[156] & 0xFF);
  }

  String name() {
    String name = text(0, 100);
    String prefix = prefix();
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private String prefix() {
    return switch (format) {
      case V7 -> "";
      case USTAR -> text(345, 155);
      case STAR -> text(345, 131);
      case GNU -> prefixOfOldGo();
    };
  }

  /** Until 1.8, Go wrote a prefix in place of GNU's two times; such layers still exist. */
  private String prefixOfOldGo() {
    if (block[345] == 0 || (isNumber(345, 12) && (block[357] == 0 || isNumber(357, 12)))) {
      return "";
    }
    String prefix = text(345, 155);
    return ByteText.isAscii(prefix) ? prefix : "";
  }

  private boolean isNumber(int at, int width) {
    try {
      number("time", at, width);
      return true;
    } catch (EstargzException e) {
      return false;
    }
  }

  String link() {
    return text(157, 100);
  }

  String userName() {
    return format == Format.V7 ? "" : text(265, 32);
  }

  String groupName() {
    return format == Format.V7 ? "" : text(297, 32);
  }

  long mode() throws EstargzException {
    return number("mode", 100, 8);
  }

  long uid() throws EstargzException {
    return number("uid", 108, 8);
  }

  long gid() throws EstargzException {
    return number("gid", 116, 8);
  }

  long size() throws EstargzException {
    return number("size", 124, 12);
  }

  long seconds() throws EstargzException {
    return number("mtime", 136, 12);
  }

  long devMajor() throws EstargzException {
    return format == Format.V7 ? 0 : number("devmajor", 329, 8);
  }

  long devMinor() throws EstargzException {
    return format == Format.V7 ? 0 : number("devminor", 337, 8);
  }

  private String text(int at, int width) {
    int end = at;
    while (end < at + width && block[end] != 0) {
      end++;
    }
    return ByteText.of(block, at, end - at);
  }

  /** Octal digits, or GNU's two's complement with the highest bit set. */
  private long number(String field, int at, int width) throws EstargzException {
    if ((block[at] & 0x80) != 0) {
      return binary(field, at, width);
    }
    int from = at;
    int to = at + width;
    while (from < to && isFiller(block[from])) {
      from++;
    }
    while (to > from && isFiller(block[to - 1])) {
      to--;
    }
    long value = 0;
    for (int i = from; i < to && block[i] != 0; i++) {
      int digit = block[i] - '0';
      if (digit < 0 || digit > 7 || value >>> 60 != 0) {
        throw noNumber(field, at, width);
      }
      value = value << 3 | digit;
    }
    return value;
  }

  private static boolean isFiller(byte b) {
    return b == ' ' || b == 0;
  }

  private long binary(String field, int at, int width) throws EstargzException {
    int inverted = (block[at] & 0x40) != 0 ? 0xFF : 0;
    long value = 0;
    for (int i = at; i < at + width; i++) {
      int b = (block[i] & 0xFF) ^ inverted;
      if (value >>> 55 != 0) {
        throw noNumber(field, at, width);
      }
      value = value << 8 | (i == at ? b & 0x7F : b);
    }
    return inverted == 0 ? value : ~value;
  }

  private EstargzException noNumber(String field, int at, int width) {
    byte[] raw = Arrays.copyOfRange(block, at, at + width);
    return invalid(
        "a header's %s is %s, no number of at most 63 bits"
            .formatted(field, ByteText.shown(ByteText.of(raw, 0, width))));
  }

  private static EstargzException invalid(String message) {
    return new EstargzException(Reason.TAR_INVALID, "tar: " + message);
  }
}
