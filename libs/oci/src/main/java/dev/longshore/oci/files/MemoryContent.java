package dev.longshore.oci.files;

import java.io.ByteArrayInputStream;
import java.io.InputStream;

/** Bytes in memory, such as a manifest created for an archive without one. */
@SuppressWarnings("ArrayRecordComponent") // never compared, never handed out
record MemoryContent(byte[] bytes) implements FileContent {
  @Override
  public long size() {
    return bytes.length;
  }

  @Override
  public InputStream open(long offset) {
    return new ByteArrayInputStream(bytes, (int) offset, bytes.length - (int) offset);
  }
}
