package dev.longshore.app.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A list of files, one per line; empty lines are ignored. */
final class PrefetchFile {
  /** The list travels in one event of 64 KiB; put a longer one into a rule. */
  private static final int LIMIT = 16 * 1024;

  private PrefetchFile() {}

  /**
   * Reads the list; empty if there is none.
   *
   * @throws IllegalArgumentException when it cannot be read, or is too long
   */
  static List<String> read(@Nullable Path file) {
    if (file == null) {
      return List.of();
    }
    try {
      if (Files.size(file) > LIMIT) {
        throw new IllegalArgumentException(
            "--prefetch: %s has %d bytes (expected: at most %d; set prefetch of a rule for more)"
                .formatted(file, Files.size(file), LIMIT));
      }
      return Files.readString(file, StandardCharsets.UTF_8)
          .lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty())
          .toList();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "--prefetch: %s cannot be read: %s (expected: a file of paths, one a line)"
              .formatted(file, e.getMessage()),
          e);
    }
  }
}
