package dev.longshore.settings;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A value that must stay secret. Read from the file that {@code <key>-file} names or from the
 * environment, never from the configuration itself or a flag. One from a file follows the file.
 */
public final class Secret {
  private volatile String value = "";
  private final @Nullable WatchedFiles file;

  public Secret(String value) {
    this.value = value;
    this.file = null;
  }

  private Secret(Path file) {
    this.file =
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
    if (file != null) {
      file.look();
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
    return other instanceof Secret secret && matches(secret.reveal());
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return "***";
  }
}
