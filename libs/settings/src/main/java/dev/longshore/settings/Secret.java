package dev.longshore.settings;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A value that must stay secret. Read from the file that {@code <key>-file} names or from the
 * environment, never from the configuration itself or a flag. One from a file follows the file, and
 * equals another from the same file: a new value there is no other setting, and another file is.
 */
public final class Secret {
  private volatile String value = "";
  private final @Nullable Path file;
  private final @Nullable WatchedFiles watched;

  public Secret(String value) {
    this.value = value;
    this.file = null;
    this.watched = null;
  }

  private Secret(Path file) {
    this.file = file;
    this.watched =
        WatchedFiles.watchWhileHeld(
            "secrets", List.of(file), () -> value = SecretReader.text(file));
  }

  /**
   * A secret from a file, which it follows.
   *
   * @throws IllegalArgumentException when there is no such file, or its content is not a secret
   */
  static Secret of(Path file) {
    return new Secret(file);
  }

  /** Rereads its file now, if it has one. */
  void look() {
    if (watched != null) {
      watched.look();
    }
  }

  /** The current secret itself, for the one place that sends or compares it. */
  public String reveal() {
    return value;
  }

  /** Compares in constant time. */
  public boolean matches(String candidate) {
    return MessageDigest.isEqual(
        value.getBytes(StandardCharsets.UTF_8), candidate.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret
        && Objects.equals(file, secret.file)
        && (file != null || matches(secret.reveal()));
  }

  @Override
  public int hashCode() {
    return file == null ? value.hashCode() : file.hashCode();
  }

  @Override
  public String toString() {
    return "***";
  }
}
