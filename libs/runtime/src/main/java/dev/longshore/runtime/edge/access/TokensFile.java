package dev.longshore.runtime.edge.access;

import dev.longshore.settings.WatchedFiles;
import java.nio.file.Path;
import java.util.List;

/** The callers of a file of tokens as it is now; while it cannot be used, as it was. */
final class TokensFile {
  private final WatchedFiles watched;
  private volatile Tokens tokens = Tokens.NONE;

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException when it cannot be used
   */
  TokensFile(Path file) {
    this.watched = WatchedFiles.watch("tokens", List.of(file), () -> tokens = Tokens.read(file));
  }

  Tokens now() {
    return tokens;
  }

  /** Looks at the file now. */
  void look() {
    watched.look();
  }
}
