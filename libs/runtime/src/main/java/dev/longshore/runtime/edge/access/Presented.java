package dev.longshore.runtime.edge.access;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** The content of the header {@code Authorization}. */
sealed interface Presented {
  /** HTTP basic. */
  record Pair(String name, String secret) implements Presented {}

  /** A bearer token. */
  record Bearer(String secret) implements Presented {}

  /** Nothing. */
  record Nothing() implements Presented {}

  /** Anything else, or several values. */
  record Unreadable() implements Presented {}

  /**
   * Parses it.
   *
   * @param authorization all values of the header
   */
  static Presented of(List<String> authorization) {
    if (authorization.size() != 1) {
      return authorization.isEmpty() ? new Nothing() : new Unreadable();
    }
    String value = authorization.getFirst();
    int space = value.indexOf(' ');
    String scheme = space < 0 ? "" : value.substring(0, space).toLowerCase(Locale.ROOT);
    String credential = space < 0 ? "" : value.substring(space + 1).strip();
    return switch (scheme) {
      case "basic" -> pair(credential);
      case "bearer" -> new Bearer(credential);
      default -> new Unreadable();
    };
  }

  private static Presented pair(String credential) {
    String text;
    try {
      text = new String(Base64.getDecoder().decode(credential), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notBase64) {
      return new Unreadable();
    }
    int colon = text.indexOf(':');
    return colon < 0
        ? new Unreadable()
        : new Pair(text.substring(0, colon), text.substring(colon + 1));
  }
}
