package dev.longshore.watcher;

import dev.longshore.rules.GlobPattern;
import java.util.List;

/**
 * Which repositories of a registry are polled: names, or patterns with {@code *} and {@code **}.
 */
final class RepositoryPatterns {
  /** Of what is not polled. */
  static final RepositoryPatterns NONE = new RepositoryPatterns(List.of());

  private final List<String> names;
  private final List<GlobPattern> patterns;

  RepositoryPatterns(List<String> texts) {
    this.names = texts.stream().filter(text -> !text.contains("*")).toList();
    this.patterns = texts.stream().map(GlobPattern::parse).toList();
  }

  /** The names, which need no catalog of the registry. */
  List<String> names() {
    return names;
  }

  /** Whether there are no others. */
  boolean areNames() {
    return names.size() == patterns.size();
  }

  boolean matches(String repository) {
    return patterns.stream().anyMatch(pattern -> pattern.matches(repository));
  }
}
