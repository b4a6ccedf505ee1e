package dev.longshore.estargz;

import dev.longshore.estargz.EstargzException.Reason;

/**
 * A time in PAX: seconds since 1970 with a fraction.
 *
 * @param nanos after those seconds, even for a negative time
 */
record PaxTime(long seconds, int nanos) {
  private static final int NANO_DIGITS = 9;
  private static final int SECOND = 1_000_000_000;

  /** Years 1 to 9999: the range of RFC 3339. */
  private static final long FIRST = -62_135_596_800L;

  private static final long LAST = 253_402_300_798L;

  PaxTime {
    if (nanos < 0 || nanos >= SECOND) {
      throw new IllegalArgumentException("nanos: " + nanos);
    }
  }

  static PaxTime parse(String key, String value) throws EstargzException {
    int point = value.indexOf('.');
    String whole = point < 0 ? value : value.substring(0, point);
    String fraction = point < 0 ? "" : value.substring(point + 1);
    long seconds = PaxRecords.number(key, whole);
    int nanos = 0;
    for (int i = 0; i < Math.max(NANO_DIGITS, fraction.length()); i++) {
      char digit = i < fraction.length() ? fraction.charAt(i) : '0';
      if (digit < '0' || digit > '9') {
        throw new EstargzException(
            Reason.TAR_INVALID,
            "tar: PAX record %s is no time: %s".formatted(key, ByteText.shown(value)));
      }
      nanos = i < NANO_DIGITS ? nanos * 10 + digit - '0' : nanos;
    }
    return value.startsWith("-") && nanos > 0
        ? new PaxTime(seconds - 1, SECOND - nanos)
        : new PaxTime(seconds, nanos);
  }

  /** The first second of year 1, which means no time in Go. */
  static boolean isFirst(long seconds) {
    return seconds == FIRST;
  }

  PaxTime within(String entry) throws EstargzException {
    if (seconds < FIRST || seconds > LAST) {
      throw new EstargzException(
          Reason.TAR_INVALID,
          "tar: %s was modified %d s after 1970, outside the years 1 to 9999"
              .formatted(entry, seconds));
    }
    return this;
  }

  String text() {
    if (nanos == 0) {
      return Long.toString(seconds);
    }
    boolean negative = seconds < 0;
    long whole = negative ? -(seconds + 1) : seconds;
    int part = negative ? SECOND - nanos : nanos;
    String fraction = Integer.toString(SECOND + part).substring(1).replaceAll("0+$", "");
    return (negative ? "-" : "") + whole + "." + fraction;
  }
}
