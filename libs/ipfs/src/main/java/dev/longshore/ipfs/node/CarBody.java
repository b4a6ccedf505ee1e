package dev.longshore.ipfs.node;

import dev.longshore.ipfs.BlockSink;
import java.io.IOException;

/** Produces the blocks of an import while they are uploaded. */
@FunctionalInterface
public interface CarBody {
  /**
   * Puts all blocks, in any order.
   *
   * @throws IOException when the sink fails, or where the blocks come from
   */
  void writeTo(BlockSink sink) throws IOException;
}
