package dev.longshore.resolver.content;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.model.Cid;
import java.io.IOException;

/** The source of blocks that a node without peers lacks, or whose bytes are corrupt on its disk. */
@FunctionalInterface
public interface MissingBlocks {
  /**
   * A block that the node lacked, or had corrupt, a moment ago; waits if it is being fetched.
   *
   * @throws IOException when it has no source, or does not arrive before the deadline
   */
  Block block(Cid cid, Deadline deadline) throws IOException;
}
