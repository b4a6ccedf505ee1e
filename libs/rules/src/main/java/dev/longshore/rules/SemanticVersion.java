package dev.longshore.rules;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A semantic version (semver.org 2.0.0), ordered by precedence.
 *
 * @param pre identifiers of the pre-release; empty for a release
 */
record SemanticVersion(long major, long minor, long patch, List<String> pre)
    implements Comparable<SemanticVersion> {
  /** Most digits of a number that fits into a long. */
  private static final String NUMBER = "(0|[1-9][0-9]{0,17})";

  private static final String PRE = "(?:-([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?";

  /** A tag has no {@code +}, so it names no build. */
  private static final Pattern TAG =
      Pattern.compile("v?%s(?:\\.%s)?(?:\\.%s)?%s".formatted(NUMBER, NUMBER, NUMBER, PRE));

  SemanticVersion {
    pre = List.copyOf(pre);
  }

  /** The version in a tag; missing parts are 0. */
  static Optional<SemanticVersion> ofTag(String tag) {
    Matcher matcher = TAG.matcher(tag);
    return matcher.matches()
        ? Optional.of(
            new SemanticVersion(
                number(matcher.group(1)),
                number(matcher.group(2)),
                number(matcher.group(3)),
                identifiers(matcher.group(4))))
        : Optional.empty();
  }

  boolean isPreRelease() {
    return !pre.isEmpty();
  }

  boolean sameRelease(SemanticVersion other) {
    return major == other.major && minor == other.minor && patch == other.patch;
  }

  @Override
  public int compareTo(SemanticVersion other) {
    int order = Long.compare(major, other.major);
    order = order != 0 ? order : Long.compare(minor, other.minor);
    order = order != 0 ? order : Long.compare(patch, other.patch);
    return order != 0 ? order : compare(pre, other.pre);
  }

  private static int compare(List<String> one, List<String> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return Boolean.compare(one.isEmpty(), other.isEmpty());
    }
    for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
      int order = compare(one.get(i), other.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(one.size(), other.size());
  }

  /** Numbers come before words; by value, whatever their length. */
  private static int compare(String one, String other) {
    boolean number = one.matches("[0-9]+");
    if (number != other.matches("[0-9]+")) {
      return number ? -1 : 1;
    }
    if (number && one.length() != other.length()) {
      return Integer.compare(one.length(), other.length());
    }
    return one.compareTo(other);
  }

  private static long number(@Nullable String text) {
    return text == null ? 0 : Long.parseLong(text);
  }

  private static List<String> identifiers(@Nullable String text) {
    return text == null ? List.of() : List.of(text.split("\\.", -1));
  }

  /**
   * A version whose last parts may be open.
   *
   * @param lowest with 0 for open parts
   * @param parts number of given parts: 0 for {@code *}, 3 for a whole version
   */
  record Partial(SemanticVersion lowest, int parts) {
    private static final String OPEN = "[xX*]";
    private static final Pattern FORM =
        Pattern.compile(
            "v?(?:%s|%s)(?:\\.(?:%s|%s))?(?:\\.(?:%s|%s))?%s"
                .formatted(NUMBER, OPEN, NUMBER, OPEN, NUMBER, OPEN, PRE));

    static Optional<Partial> parse(String text) {
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        return Optional.empty();
      }
      int parts = 0;
      while (parts < 3 && matcher.group(parts + 1) != null) {
        parts++;
      }
      List<String> pre = identifiers(matcher.group(4));
      boolean gap =
          parts < 3
              && (matcher.group(3) != null
                  || !pre.isEmpty()
                  || (parts == 0 && matcher.group(2) != null));
      return gap
          ? Optional.empty()
          : Optional.of(
              new Partial(
                  new SemanticVersion(
                      number(matcher.group(1)),
                      number(matcher.group(2)),
                      number(matcher.group(3)),
                      pre),
                  parts));
    }

    boolean isWhole() {
      return parts == 3;
    }

    /** The first version after all that start with these parts. */
    SemanticVersion next() {
      return switch (parts) {
        case 0 -> new SemanticVersion(Long.MAX_VALUE, 0, 0, List.of());
        case 1 -> new SemanticVersion(lowest.major() + 1, 0, 0, List.of());
        case 2 -> new SemanticVersion(lowest.major(), lowest.minor() + 1, 0, List.of());
        default ->
            new SemanticVersion(lowest.major(), lowest.minor(), lowest.patch() + 1, List.of());
      };
    }

    /** The end of {@code ~}: the next minor version, or what is open. */
    SemanticVersion nextMinor() {
      return parts < 2 ? next() : new Partial(lowest, 2).next();
    }

    /**
     * The end of {@code ^}: the next version that may break, after the first part that is not 0.
     */
    SemanticVersion nextBreaking() {
      if (parts < 2 || lowest.major() > 0) {
        return new Partial(lowest, Math.min(parts, 1)).next();
      }
      return lowest.minor() > 0 || parts == 2 ? new Partial(lowest, 2).next() : next();
    }
  }
}
