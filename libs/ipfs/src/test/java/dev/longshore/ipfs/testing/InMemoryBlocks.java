package dev.longshore.ipfs.testing;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.model.Cid;
import dev.longshore.model.multiformats.Multihash;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The blocks that an {@link InMemoryIpfsNode} stores; a test may lose and corrupt them. */
final class InMemoryBlocks {
  private final Map<Cid, byte[]> blocks = new ConcurrentHashMap<>();

  void put(Block block) {
    blocks.putIfAbsent(block.cid(), block.bytes().clone());
  }

  byte @Nullable [] get(Cid cid) {
    return blocks.get(cid);
  }

  /** As a node finds it: by its hash, under whichever codec it was stored. */
  byte @Nullable [] stored(Cid cid) {
    byte[] bytes = blocks.get(cid);
    return bytes == null && cid.codec() == Cid.RAW && cid.multihash().code() == Multihash.SHA2_256
        ? blocks.get(Cid.dagPb(cid.digest()))
        : bytes;
  }

  boolean has(Cid cid) {
    return blocks.containsKey(cid);
  }

  Set<Cid> cids() {
    return Set.copyOf(blocks.keySet());
  }

  long bytes() {
    return blocks.values().stream().mapToLong(bytes -> bytes.length).sum();
  }

  void remove(Cid cid) {
    blocks.remove(cid);
  }

  /** Flips a bit of a block; an empty one gets a byte. */
  void corrupt(Cid cid) {
    blocks.computeIfPresent(
        cid,
        (_, bytes) -> {
          byte[] rotten = Arrays.copyOf(bytes, Math.max(1, bytes.length));
          rotten[0] ^= 1;
          return rotten;
        });
  }

  /** Removes all others, under whichever codec they are stored; returns how many. */
  long retain(Collection<Cid> reached) {
    Set<Multihash> kept = reached.stream().map(Cid::multihash).collect(Collectors.toSet());
    long before = blocks.size();
    blocks.keySet().removeIf(cid -> !kept.contains(cid.multihash()));
    return before - blocks.size();
  }

  /** Everything that the stored blocks below the root link to, whether it is stored or not. */
  void walk(Cid root, Set<Cid> reached) {
    Deque<Cid> open = new ArrayDeque<>(List.of(root));
    while (!open.isEmpty()) {
      Cid cid = open.pop();
      byte[] bytes = reached.add(cid) ? blocks.get(cid) : null;
      if (bytes != null && cid.codec() == Cid.DAG_PB && isWhole(cid, bytes)) {
        PbNode.decode(bytes).links().forEach(link -> open.push(link.cid()));
      }
    }
  }

  static boolean isWhole(Cid cid, byte[] bytes) {
    return whole(cid, bytes) != null;
  }

  /** Hashed once; null if the hash is another. */
  static @Nullable Block whole(Cid cid, byte[] bytes) {
    try {
      return Block.verify(cid, bytes);
    } catch (IpfsDataException e) {
      return null;
    }
  }
}
