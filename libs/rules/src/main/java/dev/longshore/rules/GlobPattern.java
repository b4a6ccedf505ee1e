package dev.longshore.rules;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A pattern over paths: {@code *} matches any characters within a part, a part {@code **} matches
 * any number of parts, even none; everything else is literal.
 */
public final class GlobPattern {
  /** Longer patterns are mistakes; names of repositories have at most 255 characters. */
  private static final int LONGEST = 512;

  private final String text;
  private final Pattern compiled;

  private GlobPattern(String text, Pattern compiled) {
    this.text = text;
    this.compiled = compiled;
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException when it is empty, too long, has empty parts or mixes {@code
   *     **} with other characters of a part
   */
  public static GlobPattern parse(String text) {
    if (text.isEmpty() || text.length() > LONGEST) {
      throw new IllegalArgumentException(
          "pattern of " + text.length() + " characters (expected: 1 to " + LONGEST + ")");
    }
    StringBuilder regex = new StringBuilder();
    String[] parts = text.split("/", -1);
    for (int i = 0; i < parts.length; i++) {
      String part = parts[i];
      boolean last = i == parts.length - 1;
      if (part.isEmpty() || (part.contains("**") && !part.equals("**"))) {
        throw new IllegalArgumentException(
            "pattern \""
                + text
                + "\" (expected: parts that are not empty, and ** as a whole part)");
      }
      if (!part.equals("**")) {
        regex.append(part(part)).append(last ? "" : "/");
      } else if (last) {
        // "a/**" matches everything below a, and a itself, so the required slash before it becomes
        // optional.
        relaxLastSlash(regex);
      } else {
        regex.append("(?:[^/]+/)*");
      }
    }
    return new GlobPattern(text, Pattern.compile(regex.toString()));
  }

  private static void relaxLastSlash(StringBuilder regex) {
    if (regex.isEmpty()) {
      regex.append(".*");
    } else if (regex.charAt(regex.length() - 1) == '/') {
      regex.setLength(regex.length() - 1);
      regex.append("(?:/.*)?");
    } else {
      regex.append(".*");
    }
  }

  /**
   * Between two stars the first match is enough, so there is no backtracking: the author of a path
   * must not determine how long a match takes.
   */
  private static String part(String part) {
    List<String> literals = List.of(part.split("\\*", -1));
    StringBuilder regex = new StringBuilder(Pattern.quote(literals.getFirst()));
    for (int i = 1; i < literals.size(); i++) {
      String literal = Pattern.quote(literals.get(i));
      boolean last = i == literals.size() - 1;
      regex.append(last ? "[^/]*" + literal : "(?>[^/]*?" + literal + ")");
    }
    return regex.toString();
  }

  public boolean matches(String path) {
    return compiled.matcher(path).matches();
  }

  @Override
  public String toString() {
    return text;
  }
}
