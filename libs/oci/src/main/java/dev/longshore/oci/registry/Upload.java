package dev.longshore.oci.registry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A request's body.
 *
 * @param length bytes
 * @param content opens it anew for each try
 */
record Upload(long length, Content content) {
  /** Opens the bytes. */
  @FunctionalInterface
  interface Content {
    InputStream open() throws IOException;
  }

  static Upload of(byte[] bytes) {
    return new Upload(bytes.length, () -> new ByteArrayInputStream(bytes));
  }
}
