package dev.longshore.ipfs.unixfs;

import dev.longshore.ipfs.BadDagException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * How the shards of one directory number their slots (UnixFS specification, "HAMT").
 *
 * @param fanout slots per shard: a power of two from 8 to 1024
 */
public record ShardSlots(int fanout) {
  private static final int HASH_BITS = 64;
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  public ShardSlots {
    if (fanout < 8 || fanout > 1024 || Integer.bitCount(fanout) != 1) {
      throw new BadDagException(
          "shard: fanout " + fanout + " (expected: a power of two from 8 to 1024)");
    }
  }

  /**
   * The slots of a shard read from a block.
   *
   * @throws BadDagException when its hash function or fanout is unknown
   */
  public static ShardSlots of(UnixFsData shard) {
    if (shard.hashType() != Murmur3.CODE) {
      throw new BadDagException(
          "shard: hash function 0x%x (expected: 0x22, murmur3)".formatted(shard.hashType()));
    }
    return new ShardSlots((int) Math.min(shard.fanout(), Integer.MAX_VALUE));
  }

  /** Number of hex digits before each name. */
  public int prefixLength() {
    return Integer.toHexString(fanout - 1).length();
  }

  /** Levels of shards until the hash is used up. */
  public int maxDepth() {
    return HASH_BITS / Integer.numberOfTrailingZeros(fanout);
  }

  String prefix(int slot) {
    return HEX.toHexDigits(slot, prefixLength());
  }

  /** The prefix of the link that leads to {@code name}, in a shard that is {@code depth} deep. */
  public String prefixFor(String name, int depth) {
    return prefix(slot(hash(name), depth));
  }

  static long hash(String name) {
    return Murmur3.hash(name.getBytes(StandardCharsets.UTF_8));
  }

  /** The first bits of the hash choose the slot in the top shard, the next ones below it. */
  int slot(long hash, int depth) {
    int bits = Integer.numberOfTrailingZeros(fanout);
    int used = bits * (depth + 1);
    if (depth >= maxDepth()) {
      throw new BadDagException("shard: " + depth + " deep, the names' hashes are used up");
    }
    return (int) (hash >>> (HASH_BITS - used)) & (fanout - 1);
  }
}
