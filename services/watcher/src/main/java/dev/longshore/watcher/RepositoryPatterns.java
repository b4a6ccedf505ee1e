package dev.longshore.watcher;

import java.util.List;
import java.util.regex.Pattern;

/** Which repositories of a registry are polled: names, or patterns with {@code *} and {@code **}. */
final class RepositoryPatterns {
  private final List<String> texts;
  private final List<Pattern> patterns;

  RepositoryPatterns(List<String> texts) {
    this.texts = List.copyOf(texts);
    this.patterns = texts.stream().map(RepositoryPatterns::compile).toList();
  }

  /** Whether all are plain names, so that the registry need not be asked for its catalog. */
  boolean areNames() {
    return texts.stream().noneMatch(text -> text.contains("*"));
  }

  List<String> names() {
    return texts;
  }

  boolean matches(String repository) {
    return patterns.stream().anyMatch(pattern -> pattern.matcher(repository).matches());
  }

  private static Pattern compile(String text) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (text.startsWith("**", i)) {
        regex.append(".*");
        i++;
      } else if (text.charAt(i) == '*') {
        regex.append("[^/]*");
      } else {
        regex.append(Pattern.quote(text.substring(i, i + 1)));
      }
    }
    return Pattern.compile(regex.toString());
  }
}
