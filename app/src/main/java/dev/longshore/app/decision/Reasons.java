package dev.longshore.app.decision;

import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.model.Excerpt;
import org.jspecify.annotations.Nullable;

/** Why somebody decides: one line, for those who ask later. */
public final class Reasons {
  private Reasons() {}

  /**
   * What was typed, if it can be one.
   *
   * @param where what it was typed for, such as {@code --reason}
   */
  public static String checked(String where, @Nullable String typed) throws QueryException {
    String text = typed == null ? "" : typed.strip();
    if (text.isEmpty()) {
      throw refused(where, "none");
    }
    if (Excerpt.hasControls(text)) {
      throw refused(where, "has control characters, such as the end of a line");
    }
    return text;
  }

  private static QueryException refused(String where, String what) {
    return new QueryException(
        ExitCode.USAGE,
        "%s: %s (expected: why, in one line, for those who ask later)".formatted(where, what),
        null);
  }
}
