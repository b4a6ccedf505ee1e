package dev.longshore.estargz;

import java.io.IOException;

/** Takes a finished blob, one UnixFS leaf at a time, in order. */
@FunctionalInterface
public interface LeafSink {
  /** Bytes; a block of 1 MiB is what every Bitswap peer takes. */
  int MAX_LEAF_BYTES = 1 << 20;

  /**
   * The next leaf. The array is used again after the call.
   *
   * @param length from 1 to {@link #MAX_LEAF_BYTES}
   */
  void leaf(byte[] bytes, int offset, int length) throws IOException;
}
