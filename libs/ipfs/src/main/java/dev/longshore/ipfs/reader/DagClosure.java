package dev.longshore.ipfs.reader;

import dev.longshore.ipfs.BadDagException;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.model.Cid;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a DAG is complete, from blocks in any order. Each block counts once, however often it
 * is linked.
 */
public final class DagClosure {
  /** About 2.5 TB in leaves of 256 KiB; a bound for the memory of one walk (near 1 GB). */
  public static final long MAX_BLOCKS = 10_000_000;

  private final Set<Cid> seen = new HashSet<>();
  private final Set<Cid> missing = new LinkedHashSet<>();
  private long bytes;

  public DagClosure(Cid root) {
    expect(root);
  }

  /**
   * Takes a verified block; its links become expected.
   *
   * @return whether it was new
   */
  public boolean add(Block block) {
    if (!seen.add(block.cid())) {
      return false;
    }
    if (seen.size() + missing.size() > MAX_BLOCKS) {
      throw new BadDagException("DAG: over " + MAX_BLOCKS + " blocks");
    }
    missing.remove(block.cid());
    bytes += block.size();
    links(block).forEach(link -> expect(link.cid()));
    return true;
  }

  /** A linked block that has not come yet; null when the DAG is complete. */
  public @Nullable Cid nextMissing() {
    return missing.isEmpty() ? null : missing.iterator().next();
  }

  /** Number of blocks that have come. */
  public long blocks() {
    return seen.size();
  }

  /** Their bytes. */
  public long bytes() {
    return bytes;
  }

  /** Links of a block; empty for a raw one. */
  static List<PbLink> links(Block block) {
    long codec = block.cid().codec();
    if (codec == Cid.RAW) {
      return List.of();
    }
    if (codec != Cid.DAG_PB) {
      throw new BadDagException(
          "block %s: codec 0x%x (expected: raw or dag-pb)".formatted(block.cid(), codec));
    }
    return PbNode.decode(block.bytes()).links();
  }

  private void expect(Cid cid) {
    // An inline block is part of its CID and never stored or sent.
    if (!cid.isInline() && !seen.contains(cid)) {
      missing.add(cid);
    }
  }
}
