package dev.longshore.ipfs;

import dev.longshore.model.Cid;
import java.io.IOException;

/** Takes blocks as they become known. Children come before their parents. */
@FunctionalInterface
public interface BlockSink {
  /**
   * Takes one block. The array belongs to the caller and is overwritten after the return.
   *
   * @throws IOException when the block cannot be passed on; the builder is then of no more use
   */
  void put(Cid cid, byte[] buffer, int offset, int length) throws IOException;
}
