package dev.longshore.estargz;

import dev.longshore.estargz.EstargzException.Reason;
import java.util.SortedMap;
import java.util.TreeMap;

/** The records of a PAX extended header: {@code "<length> <key>=<value>\n"}, in bytes. */
final class PaxRecords {
  /** "5 a=\n" is the shortest. */
  private static final int SHORTEST = 5;

  /** Digits of a length within the 1 MiB that an extended header may have. */
  private static final int MAX_DIGITS = 7;

  private static final String SPARSE = "GNU.sparse.";

  private PaxRecords() {}

  static SortedMap<String, String> parse(String text) throws EstargzException {
    var records = new TreeMap<String, String>();
    int at = 0;
    while (at < text.length()) {
      int space = text.indexOf(' ', at);
      int length = space < 0 ? -1 : length(text, at, space);
      if (length < SHORTEST || length > text.length() - at) {
        throw invalid("a record's length is wrong at byte " + at, text);
      }
      int end = at + length - 1;
      int equals = text.indexOf('=', space);
      if (text.charAt(end) != '\n' || equals <= space + 1 || equals >= end) {
        throw invalid("a record is not 'key=value' at byte " + at, text);
      }
      put(records, text.substring(space + 1, equals), text.substring(equals + 1, end));
      at = end + 1;
    }
    return records;
  }

  private static int length(String text, int from, int to) {
    if (to == from || to - from > MAX_DIGITS) {
      return -1;
    }
    int length = 0;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      length = length * 10 + digit;
    }
    return length;
  }

  private static void put(SortedMap<String, String> records, String key, String value)
      throws EstargzException {
    if (key.startsWith(SPARSE)) {
      throw new EstargzException(
          Reason.ENTRY_UNSUPPORTED,
          "tar: a sparse file (PAX record %s); write the layer without --sparse"
              .formatted(ByteText.shown(key)));
    }
    if (key.indexOf('\0') >= 0 || (isText(key) && value.indexOf('\0') >= 0)) {
      throw invalid("a record has a NUL in it", key);
    }
    records.put(key, value);
  }

  private static boolean isText(String key) {
    return switch (key) {
      case "path", "linkpath", "uname", "gname" -> true;
      default -> false;
    };
  }

  /** One record; the length counts its own digits. */
  static String format(String key, String value) {
    int rest = key.length() + value.length() + 3;
    int length = rest + Integer.toString(rest).length();
    length = rest + Integer.toString(length).length();
    return length + " " + key + "=" + value + "\n";
  }

  /** A decimal integer of at most 18 digits. */
  static long number(String key, String value) throws EstargzException {
    int digits = value.startsWith("-") ? value.length() - 1 : value.length();
    if (digits < 1 || digits > 18) {
      throw invalid("record " + key + " is no number of at most 18 digits", value);
    }
    for (int i = value.length() - digits; i < value.length(); i++) {
      if (value.charAt(i) < '0' || value.charAt(i) > '9') {
        throw invalid("record " + key + " is no number of at most 18 digits", value);
      }
    }
    return Long.parseLong(value);
  }

  private static EstargzException invalid(String message, String text) {
    return new EstargzException(
        Reason.TAR_INVALID, "tar: PAX header: %s: %s".formatted(message, ByteText.shown(text)));
  }
}
