package dev.longshore.estargz;

/** Byte strings (one char per byte) as JSON strings. */
final class JsonString {
  private static final String HEX = "0123456789abcdef";

  private JsonString() {}

  /** In quotes; each byte that is not part of valid UTF-8 becomes U+FFFD, as in Go. */
  static String of(String bytes) {
    var out = new StringBuilder(bytes.length() + 2);
    append(out, bytes);
    return out.toString();
  }

  static void append(StringBuilder out, String bytes) {
    out.append('"');
    int at = 0;
    while (at < bytes.length()) {
      char c = bytes.charAt(at);
      if (c < 0x80) {
        ascii(out, c);
        at++;
      } else {
        int length = ByteText.sequenceLength(bytes, at);
        if (length == 0) {
          out.append("\\ufffd");
          at++;
        } else {
          out.append(bytes, at, at + length);
          at += length;
        }
      }
    }
    out.append('"');
  }

  private static void ascii(StringBuilder out, char c) {
    if (c == '"' || c == '\\') {
      out.append('\\').append(c);
    } else if (c < 0x20 || c == 0x7F) {
      out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xF));
    } else {
      out.append(c);
    }
  }
}
