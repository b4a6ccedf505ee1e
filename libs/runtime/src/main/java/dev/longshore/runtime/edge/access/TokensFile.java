package dev.longshore.runtime.edge.access;

import dev.longshore.settings.WatchedFiles;
import java.nio.file.Path;
import java.util.List;

/**
 * The callers of a tokens file, kept current; while the file cannot be used, its previous content.
 */
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

  /** Rereads the file now. */
  void look() {
    watched.look();
  }
}
