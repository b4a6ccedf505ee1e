package dev.longshore.ipfs.reader;

import dev.longshore.ipfs.Deadline;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps the most recently used blocks: every path into a directory leads through its block. For one
 * thread.
 */
final class RecentBlocks implements BlockSource {
  /** Blocks have up to 2 MiB each. */
  static final int MOST = 8;

  private final BlockSource source;
  private final Map<Cid, byte[]> recent =
      new LinkedHashMap<>(2 * MOST, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Cid, byte[]> eldest) {
          return size() > MOST;
        }
      };

  RecentBlocks(BlockSource source) {
    this.source = source;
  }

  @Override
  public byte[] get(Cid cid, Deadline deadline) throws IOException {
    byte[] known = recent.get(cid);
    if (known != null) {
      return known;
    }
    byte[] bytes = source.get(cid, deadline);
    recent.put(cid, bytes);
    return bytes;
  }
}
