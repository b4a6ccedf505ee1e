package dev.longshore.oci.files;

import java.io.IOException;
import java.io.InputStream;

/** Bytes in a file, or in a part of one. */
interface FileContent {
  /** Bytes. */
  long size();

  /** Opens the bytes from an offset on; several streams may be open at once. */
  InputStream open(long offset) throws IOException;
}
