package dev.longshore.estargz;

import java.io.IOException;

/** Receives a finished blob, one UnixFS leaf at a time, in order. */
@FunctionalInterface
public interface LeafSink {
  /** Most bytes: every Bitswap peer accepts a block of 1 MiB. */
  int MAX_LEAF_BYTES = 1 << 20;

  /**
   * Takes the next leaf. The array is reused after the call.
   *
   * @param length from 1 to {@link #MAX_LEAF_BYTES}
   */
  void leaf(byte[] bytes, int offset, int length) throws IOException;
}
