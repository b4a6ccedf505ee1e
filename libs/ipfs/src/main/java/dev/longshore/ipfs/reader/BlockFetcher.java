package dev.longshore.ipfs.reader;

import dev.longshore.ipfs.BadDagException;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.MalformedBytesException;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.unixfs.UnixFsData;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Fetches blocks, each with its own time limit, and checks them. */
record BlockFetcher(BlockSource source, Duration blockTimeout, AtomicLong left) {

  BlockFetcher(BlockSource source, Duration blockTimeout) {
    this(source, blockTimeout, new AtomicLong(Long.MAX_VALUE));
  }

  /** The same source, limited to a number of blocks. */
  BlockFetcher atMost(int blocks) {
    return new BlockFetcher(source, blockTimeout, new AtomicLong(blocks));
  }

  Block fetch(Cid cid) throws IOException {
    if (left.getAndDecrement() <= 0) {
      throw new BadDagException("block " + cid + ": too many blocks for what is in them");
    }
    if (cid.isInline()) {
      return Block.verify(cid, cid.digest());
    }
    Block block = source.checked(cid, Deadline.after(blockTimeout));
    return block.cid().equals(cid) ? block : Block.verify(cid, block.bytes());
  }

  UnixFsNode fetchNode(Cid cid) throws IOException {
    if (cid.codec() != Cid.DAG_PB) {
      throw new BadDagException(
          "block %s: codec 0x%x (expected: raw or dag-pb)".formatted(cid, cid.codec()));
    }
    PbNode node = PbNode.decode(fetch(cid).bytes());
    byte[] data = node.data();
    if (data == null) {
      throw new MalformedBytesException("block " + cid + ": no UnixFS data");
    }
    return new UnixFsNode(cid, node.links(), UnixFsData.decode(data));
  }
}
