package dev.longshore.settings;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Names of key paths outside the file. */
enum Naming {
  /** {@code KAFKA_TOPIC_PREFIX}: the separator of keys also occurs within them. */
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

  /**
   * The rest of a path after a key; an empty text at its end, absent if the path does not begin
   * with the key.
   */
  @Nullable String after(String path, String key) {
    String segment = segment(key);
    if (path.equals(segment)) {
      return "";
    }
    String prefix = segment + separator;
    return path.startsWith(prefix) ? path.substring(prefix.length()) : null;
  }
}
