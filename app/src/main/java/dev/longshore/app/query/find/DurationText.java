package dev.longshore.app.query.find;

import java.time.Duration;

/** Times as people read them. */
public final class DurationText {
  private static final int MINUTE = 60;
  private static final int DAY = 24;

  private DurationText() {}

  /** The two largest units that matter: {@code 40 s}, {@code 4 min}, {@code 3 h 5 min}. */
  public static String text(Duration span) {
    if (span.toMinutes() == 0) {
      return span.toSeconds() + " s";
    }
    if (span.toHours() == 0) {
      return span.toMinutes() + " min";
    }
    return span.toDays() == 0
        ? joined(span.toHours(), " h", span.toMinutes() % MINUTE, " min")
        : joined(span.toDays(), " d", span.toHours() % DAY, " h");
  }

  private static String joined(long more, String unit, long less, String smaller) {
    return less == 0 ? more + unit : more + unit + " " + less + smaller;
  }
}
