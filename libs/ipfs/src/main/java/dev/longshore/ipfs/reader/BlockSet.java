package dev.longshore.ipfs.reader;

import dev.longshore.model.Cid;
import java.util.Collections;
import java.util.Map;

/** The blocks of a DAG, each once, with their sizes. */
public final class BlockSet {
  private final Map<Cid, Long> sizes;
  private final long bytes;

  /**
   * @param sizes bytes of each block
   */
  BlockSet(Map<Cid, Long> sizes) {
    this.sizes = Collections.unmodifiableMap(sizes);
    this.bytes = sizes.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The number of blocks. */
  public long blocks() {
    return sizes.size();
  }

  /** Their bytes. */
  public long bytes() {
    return bytes;
  }

  /** Each block with its bytes. */
  public Map<Cid, Long> sizes() {
    return sizes;
  }

  /** The overlap with another set. */
  public Share against(BlockSet those) {
    long sharedBlocks = 0;
    long sharedBytes = 0;
    for (Map.Entry<Cid, Long> block : sizes.entrySet()) {
      if (those.sizes.containsKey(block.getKey())) {
        sharedBlocks++;
        sharedBytes += block.getValue();
      }
    }
    return new Share(sharedBlocks, sharedBytes, blocks() - sharedBlocks, bytes - sharedBytes);
  }

  /**
   * How two sets overlap.
   *
   * @param sharedBlocks blocks that are in both
   * @param sharedBytes their bytes
   * @param newBlocks blocks that are only in the set asked
   * @param newBytes their bytes
   */
  public record Share(long sharedBlocks, long sharedBytes, long newBlocks, long newBytes) {}
}
