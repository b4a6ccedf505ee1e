package dev.longshore.ipfs;

import dev.longshore.model.Cid;
import java.io.IOException;

/** Receives blocks as they are built. Children come before their parents. */
@FunctionalInterface
public interface BlockSink {
  /**
   * Takes one block. The caller owns the array and overwrites it after the return.
   *
   * @throws IOException when the block cannot be passed on; the builder is unusable then
   */
  void put(Cid cid, byte[] buffer, int offset, int length) throws IOException;
}
