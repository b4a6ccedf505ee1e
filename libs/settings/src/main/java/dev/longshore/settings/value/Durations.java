package dev.longshore.settings.value;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as settings write them: one or more of {@code 2d}, {@code 3h}, {@code 5m}, {@code 30s},
 * {@code 250ms}.
 */
public final class Durations {
  private static final Pattern FORM =
      Pattern.compile(
          "(?:(\\d{1,6})d)?(?:(\\d{1,6})h)?(?:(\\d{1,6})m)?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");

  private Durations() {}

  /**
   * Parses one.
   *
   * @throws IllegalArgumentException when it is malformed
   */
  public static Duration parse(String text) {
    Matcher form = FORM.matcher(text);
    if (text.isEmpty() || !form.matches()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not a duration (expected: such as 250ms, 30s, 5m or 1h30m)");
    }
    return Duration.ofDays(part(form, 1))
        .plusHours(part(form, 2))
        .plusMinutes(part(form, 3))
        .plusSeconds(part(form, 4))
        .plusMillis(part(form, 5));
  }

  private static long part(Matcher form, int group) {
    return form.group(group) == null ? 0 : Long.parseLong(form.group(group));
  }
}
