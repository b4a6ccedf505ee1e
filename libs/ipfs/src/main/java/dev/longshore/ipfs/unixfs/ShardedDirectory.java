package dev.longshore.ipfs.unixfs;

import dev.longshore.ipfs.dagpb.PbLink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes a directory as a hash array mapped trie, with Kubo's fanout of 256. */
final class ShardedDirectory {
  private static final ShardSlots SLOTS = new ShardSlots(256);

  private final BlockWriter writer;

  ShardedDirectory(BlockWriter writer) {
    this.writer = writer;
  }

  DagLink write(SortedMap<String, DagLink> entries) throws IOException {
    List<Entry> hashed = new ArrayList<>(entries.size());
    entries.forEach((name, link) -> hashed.add(new Entry(name, ShardSlots.hash(name), link)));
    return shard(hashed, 0);
  }

  private DagLink shard(List<Entry> entries, int depth) throws IOException {
    SortedMap<Integer, List<Entry>> slots = new TreeMap<>();
    for (Entry entry : entries) {
      slots.computeIfAbsent(SLOTS.slot(entry.hash(), depth), s -> new ArrayList<>()).add(entry);
    }
    List<PbLink> links = new ArrayList<>(slots.size());
    BitSet used = new BitSet(SLOTS.fanout());
    long fileSize = 0;
    long blocks = 0;
    for (var slot : slots.entrySet()) {
      List<Entry> inside = slot.getValue();
      boolean single = inside.size() == 1;
      DagLink child = single ? inside.getFirst().link() : shard(inside, depth + 1);
      String name = single ? inside.getFirst().name() : "";
      links.add(new PbLink(child.cid(), SLOTS.prefix(slot.getKey()) + name, child.dagSize()));
      used.set(slot.getKey());
      fileSize += child.fileSize();
      blocks += child.blocks();
    }
    UnixFsData data = UnixFsData.shard(bitfield(used), Murmur3.CODE, SLOTS.fanout());
    return writer.node(links, data, fileSize, blocks);
  }

  /** The used slots as one big-endian number without leading zeros. */
  private static byte[] bitfield(BitSet used) {
    byte[] little = used.toByteArray();
    byte[] big = new byte[little.length];
    for (int i = 0; i < big.length; i++) {
      big[i] = little[little.length - 1 - i];
    }
    return big;
  }

  private record Entry(String name, long hash, DagLink link) {}
}
