package dev.longshore.ipfs.reader;

import dev.longshore.ipfs.PathNotFoundException;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.unixfs.ShardSlots;
import dev.longshore.ipfs.unixfs.UnixFsType;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** Lists directories and looks names up in them, plain and sharded. */
final class DirectoryWalk {
  /** Limit of links in one listing, which also bounds its time. */
  static final int MAX_LINKS = 4_000_000;

  private final BlockFetcher blocks;
  private final Set<Cid> shards = new HashSet<>();
  private int links;

  DirectoryWalk(BlockFetcher blocks) {
    this.blocks = blocks;
  }

  void list(Cid directory, Consumer<DirectoryEntry> each) throws IOException {
    UnixFsNode node = blocks.fetchNode(directory);
    if (node.data().type() == UnixFsType.HAMT_SHARD) {
      listShard(node, ShardSlots.of(node.data()), 0, each);
      return;
    }
    requireDirectory(node);
    for (PbLink link : node.links()) {
      count(node);
      each.accept(new DirectoryEntry(link.name(), link.cid(), link.tsize()));
    }
  }

  Cid find(Cid directory, String name) throws IOException {
    if (directory.codec() == Cid.RAW) {
      throw new PathNotFoundException("\"" + name + "\" in " + directory + ": that is a file");
    }
    UnixFsNode node = blocks.fetchNode(directory);
    if (node.data().type() == UnixFsType.HAMT_SHARD) {
      return findInShards(node, ShardSlots.of(node.data()), name);
    }
    requireDirectory(node);
    for (PbLink link : node.links()) {
      if (link.name().equals(name)) {
        return link.cid();
      }
    }
    throw notFound(directory, name);
  }

  private void listShard(
      UnixFsNode shard, ShardSlots slots, int depth, Consumer<DirectoryEntry> each)
      throws IOException {
    if (depth >= slots.maxDepth()) {
      throw shard.lie("deeper than the " + slots.maxDepth() + " shards that a hash leads through");
    }
    if (!shards.add(shard.cid())) {
      throw shard.lie("a shard in two slots (expected: one, its names' hashes lead to one alone)");
    }
    for (PbLink link : shard.links()) {
      count(shard);
      if (link.name().length() == slots.prefixLength()) {
        listShard(subShard(link, slots), slots, depth + 1, each);
        continue;
      }
      String name = nameIn(shard, link, slots);
      if (!link.name().startsWith(slots.prefixFor(name, depth))) {
        throw shard.lie("entry \"" + name + "\" is in another slot than its hash says");
      }
      each.accept(new DirectoryEntry(name, link.cid(), link.tsize()));
    }
  }

  private Cid findInShards(UnixFsNode top, ShardSlots slots, String name) throws IOException {
    UnixFsNode shard = top;
    for (int depth = 0; ; depth++) {
      String prefix = slots.prefixFor(name, depth);
      PbLink below = null;
      for (PbLink link : shard.links()) {
        if (link.name().equals(prefix + name)) {
          return link.cid();
        }
        if (link.name().equals(prefix)) {
          below = link;
        }
      }
      if (below == null) {
        throw notFound(top.cid(), name);
      }
      shard = subShard(below, slots);
    }
  }

  private UnixFsNode subShard(PbLink link, ShardSlots slots) throws IOException {
    UnixFsNode shard = blocks.fetchNode(link.cid());
    if (shard.data().type() != UnixFsType.HAMT_SHARD
        || !ShardSlots.of(shard.data()).equals(slots)) {
      throw shard.lie("not a shard of the fanout of its parent");
    }
    return shard;
  }

  private static String nameIn(UnixFsNode shard, PbLink link, ShardSlots slots) {
    if (link.name().length() < slots.prefixLength()) {
      throw shard.lie("link \"" + link.name() + "\" has no slot number");
    }
    return link.name().substring(slots.prefixLength());
  }

  private void count(UnixFsNode node) {
    if (++links > MAX_LINKS) {
      throw node.lie("directory of over " + MAX_LINKS + " links");
    }
  }

  private static void requireDirectory(UnixFsNode node) {
    UnixFsType type = node.data().type();
    if (type != UnixFsType.DIRECTORY) {
      throw new PathNotFoundException(node.cid() + ": a " + type + " (expected: a directory)");
    }
  }

  private static PathNotFoundException notFound(Cid directory, String name) {
    return new PathNotFoundException("\"" + name + "\" in " + directory + ": no such entry");
  }
}
