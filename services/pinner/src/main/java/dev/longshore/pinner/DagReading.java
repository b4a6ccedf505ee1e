package dev.longshore.pinner;

import dev.longshore.ipfs.BadBlockException;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.node.BlockNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.unixfs.UnixFsData;
import dev.longshore.ipfs.unixfs.UnixFsType;
import dev.longshore.model.Cid;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one node's blocks of an image one by one and verifies their hashes, since Kubo serves
 * corrupt blocks without an error.
 */
final class DagReading {
  /** Blocks of one image that are told apart; more may be read twice. */
  private static final int BLOCKS = 1 << 20;

  private final Cid dag;
  private final CidEndSet parts;
  private final Deque<Item> open = new ArrayDeque<>();
  private final CidEndSet blocks = new CidEndSet(BLOCKS);
  private final Map<Cid, Cid> rotten = new LinkedHashMap<>();

  /**
   * A block to read.
   *
   * @param part the file or directory that it belongs to, as a directory links to it
   */
  private record Item(Cid block, Cid part) {}

  /**
   * @param parts files and directories that were read already, for any image
   */
  DagReading(Cid dag, CidEndSet parts) {
    this.dag = dag;
    this.parts = parts;
    open.push(new Item(dag, dag));
  }

  Cid dag() {
    return dag;
  }

  boolean hasEnded() {
    return open.isEmpty();
  }

  /** The first rotten block of each file or directory that has one. */
  Map<Cid, Cid> rotten() {
    return rotten;
  }

  /**
   * Reads the next block; after a failure the same one comes next.
   *
   * @return its bytes
   */
  int readNext(BlockNode node, Deadline deadline) throws KuboException {
    Item next = open.element();
    try {
      Block block = node.block(next.block(), Reach.LOCAL, deadline);
      open.remove();
      follow(block, next.part());
      return block.size();
    } catch (BadBlockException e) {
      takeForRotten();
      return Block.MAX_BYTES;
    }
  }

  /** Treats the next block, which cannot be read, as corrupt. */
  void takeForRotten() {
    Item next = open.remove();
    rotten.putIfAbsent(next.part(), next.block());
  }

  private void follow(Block block, Cid part) {
    if (block.cid().codec() != Cid.DAG_PB) {
      return;
    }
    boolean isDirectory = isDirectory(block);
    List<PbLink> links = links(block);
    for (PbLink link : links.reversed()) {
      Cid cid = link.cid();
      boolean isNew = !cid.isInline() && blocks.add(cid) && (!isDirectory || parts.add(cid));
      if (isNew) {
        open.push(new Item(cid, isDirectory ? cid : part));
      }
    }
  }

  /** Links of a block; none if it cannot be parsed. */
  static List<PbLink> links(Block block) {
    try {
      return block.cid().codec() == Cid.DAG_PB ? PbNode.decode(block.bytes()).links() : List.of();
    } catch (IpfsDataException e) {
      return List.of();
    }
  }

  static boolean isDirectory(Block block) {
    try {
      byte[] data = block.cid().codec() == Cid.DAG_PB ? PbNode.decode(block.bytes()).data() : null;
      if (data == null) {
        return false;
      }
      UnixFsType type = UnixFsData.decode(data).type();
      return type == UnixFsType.DIRECTORY || type == UnixFsType.HAMT_SHARD;
    } catch (IpfsDataException e) {
      return false;
    }
  }
}
