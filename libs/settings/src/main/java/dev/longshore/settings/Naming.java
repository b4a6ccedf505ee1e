package dev.longshore.settings;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a path of keys is written outside the file. */
enum Naming {
  /** {@code KAFKA_TOPIC_PREFIX}: what separates keys also stands within them. */
  ENVIRONMENT("_") {
    @Override
    String segment(String key) {
      return key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }
  },
  /** {@code kafka.topic-prefix}. */
  FLAG(".") {
    @Override
    String segment(String key) {
      return key;
    }
  };

  private final String separator;

  Naming(String separator) {
    this.separator = separator;
  }

  abstract String segment(String key);

  /** What follows a key in a path; empty at its end, none if the path does not begin with it. */
  @Nullable String after(String path, String key) {
    String segment = segment(key);
    if (path.equals(segment)) {
      return "";
    }
    String prefix = segment + separator;
    return path.startsWith(prefix) ? path.substring(prefix.length()) : null;
  }
}
