package dev.longshore.ipfs.unixfs;

import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.dagpb.PbLink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes directories over existing DAGs, with the CIDs of Kubo's defaults. */
public final class UnixFsDirectory {
  /** Kubo 0.43.1 shards a directory whose names and CIDs take more bytes than this. */
  static final int SHARDING_THRESHOLD_BYTES = 256 * 1024;

  /** The order of UTF-8 bytes, which differs from that of Java's strings beyond U+FFFF. */
  private static final Comparator<String> BYTE_ORDER =
      Comparator.comparing(
          (String name) -> name.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

  private UnixFsDirectory() {}

  /**
   * Writes the directory's own blocks; those of its entries must already be written.
   *
   * @throws IllegalArgumentException when a name is invalid
   * @throws IOException when the sink fails
   */
  public static DagLink of(SortedMap<String, DagLink> entries, BlockSink sink) throws IOException {
    SortedMap<String, DagLink> sorted = new TreeMap<>(BYTE_ORDER);
    long estimate = 0;
    for (Map.Entry<String, DagLink> entry : entries.entrySet()) {
      EntryName.require(entry.getKey());
      estimate += entry.getKey().getBytes(StandardCharsets.UTF_8).length;
      estimate += entry.getValue().cid().byteLength();
      sorted.put(entry.getKey(), entry.getValue());
    }
    BlockWriter writer = new BlockWriter(sink);
    return estimate > SHARDING_THRESHOLD_BYTES
        ? new ShardedDirectory(writer).write(sorted)
        : plain(sorted, writer);
  }

  private static DagLink plain(SortedMap<String, DagLink> sorted, BlockWriter writer)
      throws IOException {
    List<PbLink> links = new ArrayList<>(sorted.size());
    long fileSize = 0;
    long blocks = 0;
    for (Map.Entry<String, DagLink> entry : sorted.entrySet()) {
      DagLink child = entry.getValue();
      links.add(new PbLink(child.cid(), entry.getKey(), child.dagSize()));
      fileSize += child.fileSize();
      blocks += child.blocks();
    }
    return writer.node(links, UnixFsData.directory(), fileSize, blocks);
  }
}
