package dev.longshore.ipfs.reader;

import dev.longshore.ipfs.BadDagException;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Cid;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.MalformedBytesException;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.unixfs.UnixFsData;
import java.io.IOException;
import java.time.Duration;

/** Gets blocks, each within its own time, and checks them. */
record BlockFetcher(BlockSource source, Duration blockTimeout) {

  Block fetch(Cid cid) throws IOException {
    if (cid.isInline()) {
      return Block.verify(cid, cid.digest());
    }
    return Block.verify(cid, source.get(cid, Deadline.after(blockTimeout)));
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
