package dev.longshore.resolver.site;

import dev.longshore.ipfs.Block;
import dev.longshore.model.Cid;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Blocks fetched again for pulls because those on the node's disk were corrupt or missing: kept in
 * memory until the node has them.
 */
final class FreshBlocks {
  /** Of a disk that fails altogether, what does not fit comes over the line with each pull. */
  private static final long MOST_BYTES = 16L << 20;

  private final Map<Cid, Block> blocks = new HashMap<>();
  private long bytes;

  /** Whether it is kept. */
  synchronized boolean keep(Block block) {
    if (blocks.containsKey(block.cid())) {
      return true;
    }
    if (bytes + block.size() > MOST_BYTES) {
      return false;
    }
    blocks.put(block.cid(), block);
    bytes += block.size();
    return true;
  }

  synchronized boolean isEmpty() {
    return blocks.isEmpty();
  }

  synchronized Optional<Block> of(Cid cid) {
    return Optional.ofNullable(blocks.get(cid));
  }

  /** The node has them, or nothing here does any more. */
  synchronized void drop(Collection<Cid> cids) {
    for (Cid cid : cids) {
      Block block = blocks.remove(cid);
      bytes -= block == null ? 0 : block.size();
    }
  }
}
