package dev.longshore.events;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;

/**
 * Times in the form that nearly all programs write, RFC 3339 in UTC such as {@code
 * 2026-03-01T12:00:00.5Z}. A formatter of the JDK takes some twenty times as long.
 */
public final class UtcTime {
  private static final String FORM = "0000-00-00T00:00:00";
  private static final int DAY = 86_400;

  private UtcTime() {}

  /** The time; empty if it has another form, which may be a time too. */
  public static Optional<Instant> read(String text) {
    int end = text.length() - 1;
    if (end < FORM.length() || text.charAt(end) != 'Z' || !hasForm(text)) {
      return Optional.empty();
    }
    int nanos = nanos(text, end);
    int hour = number(text, 11, 13);
    int minute = number(text, 14, 16);
    int second = number(text, 17, 19);
    if (nanos < 0 || hour > 23 || minute > 59 || second > 59) {
      return Optional.empty();
    }
    try {
      LocalDate day = LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10));
      return Optional.of(
          Instant.ofEpochSecond(
              day.toEpochDay() * DAY + hour * 3_600L + minute * 60L + second, nanos));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static boolean hasForm(String text) {
    for (int i = 0; i < FORM.length(); i++) {
      char wanted = FORM.charAt(i);
      char there = text.charAt(i);
      if (wanted == '0' ? there < '0' || there > '9' : there != wanted) {
        return false;
      }
    }
    return true;
  }

  /** Of the fraction that ends here; negative if it is none. */
  private static int nanos(String text, int end) {
    int from = FORM.length();
    if (from == end) {
      return 0;
    }
    int digits = end - from - 1;
    if (text.charAt(from) != '.' || digits < 1 || digits > 9) {
      return -1;
    }
    int nanos = 0;
    for (int i = from + 1; i <= from + 9; i++) {
      char digit = i < end ? text.charAt(i) : '0';
      if (digit < '0' || digit > '9') {
        return -1;
      }
      nanos = nanos * 10 + digit - '0';
    }
    return nanos;
  }

  private static int number(String digits, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      number = number * 10 + digits.charAt(i) - '0';
    }
    return number;
  }
}
