package dev.longshore.oci.files;

import java.io.IOException;
import java.io.InputStream;

/** Reads small contents into memory. */
final class Whole {
  private Whole() {}

  /**
   * @param limit bytes; more is an error
   */
  static byte[] read(FileContent content, int limit, String what) throws IOException {
    if (content.size() > limit) {
      throw new IOException(
          "%s has %d bytes (expected: at most %d)".formatted(what, content.size(), limit));
    }
    try (InputStream in = content.open(0)) {
      return in.readNBytes(limit);
    }
  }
}
