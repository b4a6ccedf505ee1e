package dev.longshore.resolver.registry;

import java.io.InputStream;
import java.nio.channels.FileChannel;

/** The body of a response. */
public sealed interface Body {
  /** Bytes of it. */
  long length();

  /** The whole body in memory. */
  final class Bytes implements Body {
    private final byte[] bytes;

    /** Takes ownership of the array: do not change it afterwards. */
    Bytes(byte[] bytes) {
      this.bytes = bytes;
    }

    /** The bytes; do not change them. */
    public byte[] bytes() {
      return bytes;
    }

    @Override
    public long length() {
      return bytes.length;
    }
  }

  /** Only its length, for a HEAD request. */
  record Announced(long length) implements Body {}

  /**
   * Bytes from a stream.
   *
   * @param stream gives exactly {@code length} bytes or fails; must be closed
   */
  record Flow(long length, InputStream stream) implements Body {}

  /**
   * Verified bytes of a file.
   *
   * @param file the sender closes it
   * @param offset offset of the first byte
   */
  record Piece(FileChannel file, long offset, long length) implements Body {}
}
