package dev.longshore.ipfs.reader;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.model.Cid;
import java.io.IOException;

/** A source of blocks. It need not be trusted: the reader checks each block. */
@FunctionalInterface
public interface BlockSource {
  /**
   * The claimed bytes of the CID.
   *
   * @throws IOException when they are not available before the deadline
   */
  byte[] get(Cid cid, Deadline deadline) throws IOException;

  /**
   * The block, checked. A source that has checked it already does not hash it twice.
   *
   * @throws IOException when it is not available before the deadline
   */
  default Block checked(Cid cid, Deadline deadline) throws IOException {
    return Block.verify(cid, get(cid, deadline));
  }
}
