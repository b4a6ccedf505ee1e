package dev.longshore.resolver.registry;

import java.io.InputStream;
import java.nio.channels.FileChannel;

/** What an answer carries behind its headers. */
public sealed interface Body {
  /** Bytes of it. */
  long length();

  /** All of it at once. */
  final class Bytes implements Body {
    private final byte[] bytes;

    /** Takes the array over: nobody may change it. */
    Bytes(byte[] bytes) {
      this.bytes = bytes;
    }

    /** The bytes, not to be changed. */
    public byte[] bytes() {
      return bytes;
    }

    @Override
    public long length() {
      return bytes.length;
    }
  }

  /** Only its length, as a HEAD request is answered. */
  record Announced(long length) implements Body {}

  /**
   * Bytes that are still to come.
   *
   * @param stream gives exactly {@code length} bytes or fails; to be closed
   */
  record Flow(long length, InputStream stream) implements Body {}

  /**
   * Bytes of a file that are known to be right.
   *
   * @param file whoever sends it closes it
   * @param offset of the first of them
   */
  record Piece(FileChannel file, long offset, long length) implements Body {}
}
