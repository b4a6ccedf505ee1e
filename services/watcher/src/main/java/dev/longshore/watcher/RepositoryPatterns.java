package dev.longshore.watcher;

import dev.longshore.runtime.config.GlobPattern;
import java.util.List;

/**
 * Which repositories of a registry are polled: names, or patterns with {@code *} and {@code **}.
 */
final class RepositoryPatterns {
  private final List<String> texts;
  private final List<GlobPattern> patterns;

  RepositoryPatterns(List<String> texts) {
    this.texts = List.copyOf(texts);
    this.patterns = texts.stream().map(GlobPattern::parse).toList();
  }

  /** Whether all are plain names, so that the registry need not be asked for its catalog. */
  boolean areNames() {
    return texts.stream().noneMatch(text -> text.contains("*"));
  }

  List<String> names() {
    return texts;
  }

  boolean matches(String repository) {
    return patterns.stream().anyMatch(pattern -> pattern.matches(repository));
  }
}
