package dev.longshore.runtime.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * Something that must not be seen. Read from the file that {@code <key>-file} names or from the
 * environment, never from the configuration itself or a flag.
 */
public final class Secret {
  private final String value;

  public Secret(String value) {
    this.value = value;
  }

  /** The secret itself, for the one place that sends or compares it. */
  public String reveal() {
    return value;
  }

  /** Compares in a time that does not tell how much of the candidate was right. */
  public boolean matches(String candidate) {
    return MessageDigest.isEqual(
        value.getBytes(StandardCharsets.UTF_8), candidate.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && matches(secret.value);
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
