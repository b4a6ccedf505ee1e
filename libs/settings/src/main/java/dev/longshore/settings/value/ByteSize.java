package dev.longshore.settings.value;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A size, written as a number of bytes or with a unit: B, KB, MB, GB, TB (powers of 1000), KiB,
 * MiB, GiB, TiB (powers of 1024).
 *
 * @param bytes 0 or more
 */
public record ByteSize(long bytes) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,18})\\s*([A-Za-z]*)");
  private static final Map<String, Long> UNITS =
      Map.of(
          "",
          1L,
          "B",
          1L,
          "KB",
          1_000L,
          "MB",
          1_000_000L,
          "GB",
          1_000_000_000L,
          "TB",
          1_000_000_000_000L,
          "KiB",
          1L << 10,
          "MiB",
          1L << 20,
          "GiB",
          1L << 30,
          "TiB",
          1L << 40);

  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes: " + bytes + " (expected: 0 or more)");
    }
  }

  /**
   * Parses a size.
   *
   * @throws IllegalArgumentException when it is malformed or exceeds 2^63-1 bytes
   */
  public static ByteSize parse(String text) {
    Matcher form = FORM.matcher(text);
    Long unit = form.matches() ? UNITS.get(form.group(2)) : null;
    if (unit == null) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not a size (expected: such as 4MiB or 20GiB)");
    }
    try {
      return new ByteSize(Math.multiplyExact(Long.parseLong(form.group(1)), unit));
    } catch (ArithmeticException overflow) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is too large (expected: at most 2^63-1 bytes)", overflow);
    }
  }

  /** In the largest unit that is exact. */
  @Override
  public String toString() {
    for (String unit : List.of("TiB", "TB", "GiB", "GB", "MiB", "MB", "KiB", "KB")) {
      long factor = UNITS.getOrDefault(unit, 1L);
      if (bytes > 0 && bytes % factor == 0) {
        return bytes / factor + unit;
      }
    }
    return bytes + "B";
  }
}
