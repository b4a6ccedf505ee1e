package dev.longshore.model;

import java.util.regex.Pattern;

/** Makes foreign text safe for an error message: one line, no control characters, bounded. */
public final class Excerpt {
  /** Characters kept; an OCI error message or a reference is shorter. */
  private static final int LIMIT = 300;

  private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x1f\\x7f-\\x9f]");

  private Excerpt() {}

  /** The text with control characters as {@code ?}, cut to 300 characters. */
  public static String of(String text) {
    int end = Math.min(text.length(), LIMIT);
    var line = new StringBuilder(end + 3);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      line.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
    }
    return text.length() > LIMIT ? line.append("...").toString() : line.toString();
  }

  /** All of the text, with control characters as {@code ?}. */
  public static String line(String text) {
    return hasControls(text) ? CONTROL.matcher(text).replaceAll("?") : text;
  }

  /** Whether it has control characters, which a terminal obeys. */
  public static boolean hasControls(String text) {
    return CONTROL.matcher(text).find();
  }
}
