package dev.longshore.events;

import org.jspecify.annotations.Nullable;

/**
 * Bounds of what others wrote, so that its record can be written whatever they did. They are bytes
 * of JSON: a character takes up to six.
 */
final class ForeignText {
  /** What went wrong. */
  static final int ERROR = 500;

  /** Why an operator decided something. */
  static final int REASON = 2_000;

  /** A place in somebody's list, or its version. */
  static final int CURSOR = 1_000;

  /** A multiaddr. */
  static final int ADDRESS = 300;

  private ForeignText() {}

  /** As much of its beginning as fits. */
  static String cut(String text, int bytes) {
    int taken = 0;
    for (int at = 0; at < text.length(); ) {
      int character = text.codePointAt(at);
      taken += bytes(character);
      if (taken > bytes) {
        return text.substring(0, at);
      }
      at += Character.charCount(character);
    }
    return text;
  }

  static @Nullable String cutIfAny(@Nullable String text, int bytes) {
    return text == null ? null : cut(text, bytes);
  }

  /** Whether all of it fits, for what is of no use without its end. */
  static boolean fits(String text, int bytes) {
    return cut(text, bytes).length() == text.length();
  }

  private static int bytes(int character) {
    if (character < ' ') {
      return 6;
    }
    if (character < 0x80) {
      return character == '"' || character == '\\' ? 2 : 1;
    }
    if (character < 0x800) {
      return 2;
    }
    return character < 0x10000 ? 3 : 4;
  }
}
