package dev.longshore.oci.files;

import java.io.IOException;
import java.io.InputStream;

/** Bytes in a file, or in a part of one. */
interface Content {
  /** Bytes. */
  long size();

  /** Opens the bytes from an offset on; may be open many times at once. */
  InputStream open(long offset) throws IOException;
}
