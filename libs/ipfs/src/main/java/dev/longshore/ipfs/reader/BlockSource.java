package dev.longshore.ipfs.reader;

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
}
