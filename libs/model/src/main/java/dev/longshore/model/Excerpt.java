package dev.longshore.model;

/** Makes foreign text safe for an error message: one line, no control characters, bounded. */
public final class Excerpt {
  /** Characters kept; an OCI error message or a reference is shorter. */
  private static final int LIMIT = 300;

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
}
