package dev.longshore.runtime.edge.rights;

import dev.longshore.rules.GlobPattern;
import java.util.regex.Pattern;

/**
 * Repositories that a caller may see, as {@code registry/repository} like the patterns of rules. A
 * pattern that begins with neither a registry's host nor a wildcard is about that repository in
 * every registry.
 */
public final class RepositoryPattern {
  private static final String EVERYTHING = "**";

  /** What a name's first part looks like if it is a host, and what stands for any. */
  private static final Pattern HOST = Pattern.compile(".*[.:*].*|localhost|containerd");

  private final GlobPattern pattern;
  private final boolean withHost;

  private RepositoryPattern(GlobPattern pattern, boolean withHost) {
    this.pattern = pattern;
    this.withHost = withHost;
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException when it is none
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
