package dev.longshore.ipfs.reader;

import dev.longshore.ipfs.Deadline;
import dev.longshore.model.Cid;
import java.io.IOException;

/** Where blocks come from. It need not be trusted: the reader checks each block. */
@FunctionalInterface
public interface BlockSource {
  /**
   * The bytes that are said to belong to the CID.
   *
   * @throws IOException when they cannot be had before the deadline
   */
  byte[] get(Cid cid, Deadline deadline) throws IOException;
}
