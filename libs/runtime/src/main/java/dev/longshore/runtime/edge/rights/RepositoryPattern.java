package dev.longshore.runtime.edge.rights;

import dev.longshore.rules.GlobPattern;
import java.util.regex.Pattern;

/**
 * A pattern of repositories that a caller may see: {@code registry/repository}, as in rules. One
 * that begins with neither a registry's host nor a wildcard applies to that repository in every
 * registry.
 */
public final class RepositoryPattern {
  private static final String EVERYTHING = "**";

  /** The shape of a name's first part if it is a host or a wildcard. */
  private static final Pattern HOST = Pattern.compile(".*[.:*].*|localhost|containerd");

  private final GlobPattern pattern;
  private final boolean withHost;

  private RepositoryPattern(GlobPattern pattern, boolean withHost) {
    this.pattern = pattern;
    this.withHost = withHost;
  }

  /**
   * Parses a pattern.
   *
   * @throws IllegalArgumentException when it is invalid
   */
  public static RepositoryPattern parse(String text) {
    int slash = text.indexOf('/');
    String first = slash < 0 ? "" : text.substring(0, slash);
    return new RepositoryPattern(
        GlobPattern.parse(text), text.equals(EVERYTHING) || HOST.matcher(first).matches());
  }

  public boolean isEverything() {
    return pattern.toString().equals(EVERYTHING);
  }

  boolean matches(String registry, String repository) {
    return pattern.matches(withHost ? registry + "/" + repository : repository);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RepositoryPattern same && toString().equals(same.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  @Override
  public String toString() {
    return pattern.toString();
  }
}
