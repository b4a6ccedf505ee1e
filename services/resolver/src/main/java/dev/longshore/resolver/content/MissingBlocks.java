package dev.longshore.resolver.content;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.model.Cid;
import java.io.IOException;

/** Where a node without peers gets blocks that it lacks, or that rotted on its disk. */
@FunctionalInterface
public interface MissingBlocks {
  /**
   * A block that the node did not have, or not whole, a moment ago; waits for it if it is on its
   * way.
   *
   * @throws IOException when nobody brings it, or not before the deadline
   */
  Block block(Cid cid, Deadline deadline) throws IOException;
}
