package dev.longshore.oci.registry;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** {@code longshore/<version>}, with the version of the build. */
final class UserAgent {
  private UserAgent() {}

  static String value() {
    try (InputStream in = UserAgent.class.getResourceAsStream("version.txt")) {
      if (in == null) {
        throw new IllegalStateException("version.txt is missing from the longshore-oci jar");
      }
      return "longshore/" + new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new IllegalStateException("version.txt in the longshore-oci jar cannot be read", e);
    }
  }
}
