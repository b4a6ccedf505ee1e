package dev.longshore.estargz;

import java.nio.charset.StandardCharsets;

/**
 * Names in a tar are bytes in any encoding. Here they are strings with one char per byte, which
 * compare, sort and hash like the bytes.
 */
final class ByteText {
  /** Most characters of a name in an error. */
  private static final int SHOWN = 120;

  private ByteText() {}

  static String of(byte[] bytes, int offset, int length) {
    return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The bytes of a text in UTF-8. */
  static String utf8(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return of(bytes, 0, bytes.length);
  }

  static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  /** The text as a reader sees it: U+FFFD for each byte that is not part of valid UTF-8. */
  static String asReadersSeeIt(String text) {
    if (isAscii(text)) {
      return text;
    }
    StringBuilder seen = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      int length = sequenceLength(text, at);
      if (length == 0) {
        seen.append("\u00EF\u00BF\u00BD"); // U+FFFD in UTF-8
        at++;
      } else {
        seen.append(text, at, at + length);
        at += length;
      }
    }
    return seen.toString();
  }

  /** Bytes of the valid UTF-8 sequence that starts here (Unicode, table 3-7), or 0. */
  static int sequenceLength(String text, int at) {
    int first = text.charAt(at);
    if (first < 0x80) {
      return 1;
    }
    int length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || at + length > text.length()) {
      return 0;
    }
    int second = text.charAt(at + 1);
    int low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    int high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (second < low || second > high) {
      return 0;
    }
    for (int i = 2; i < length; i++) {
      if ((text.charAt(at + i) & 0xC0) != 0x80) {
        return 0;
      }
    }
    return length;
  }

  /** For messages: short, printable. */
  static String shown(String text) {
    var out = new StringBuilder("'");
    for (int i = 0; i < Math.min(text.length(), SHOWN); i++) {
      char c = text.charAt(i);
      if (c < 0x20 || c >= 0x7F) {
        out.append("\\x%02x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.append(text.length() > SHOWN ? "...'" : "'").toString();
  }
}
