package dev.longshore.app.query.find;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Points in time as people read them. */
public final class TimeText {
  private TimeText() {}

  /** In UTC, to the millisecond: {@code 2026-03-01T10:00:00.123Z}. */
  public static String text(Instant at) {
    return at.truncatedTo(ChronoUnit.MILLIS).toString();
  }
}
