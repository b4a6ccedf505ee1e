package dev.longshore.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The version of this Longshore. */
public final class Version {
  /** As Maven built it, whether it runs from its jar or from classes; {@code dev} without Maven. */
  public static final String NUMBER = read();

  private Version() {}

  private static String read() {
    // Not the package's: in a JVM of tests the package may be that of a class without a jar.
    try (InputStream file = Version.class.getResourceAsStream("version.txt")) {
      String text =
          file == null ? "$" : new String(file.readAllBytes(), StandardCharsets.UTF_8).strip();
      return text.startsWith("$") ? "dev" : text;
    } catch (IOException e) {
      throw new UncheckedIOException("the version of this Longshore could not be read", e);
    }
  }
}
