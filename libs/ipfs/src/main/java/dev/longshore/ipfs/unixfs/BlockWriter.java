package dev.longshore.ipfs.unixfs;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/** Names blocks by their SHA-256 and passes them on. Used by one thread. */
final class BlockWriter {
  private final BlockSink sink;
  private final MessageDigest sha256;

  BlockWriter(BlockSink sink) {
    this.sink = sink;
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK lacks SHA-256", e);
    }
  }

  /** A raw leaf. */
  DagLink leaf(byte[] buffer, int offset, int length) throws IOException {
    sha256.update(buffer, offset, length);
    Cid cid = Cid.raw(sha256.digest());
    sink.put(cid, buffer, offset, length);
    return new DagLink(cid, length, length, 1);
  }

  /** A dag-pb node over children already written. */
  DagLink node(List<PbLink> links, UnixFsData data, long fileSize, long blocksBelow)
      throws IOException {
    byte[] bytes = new PbNode(links, data.encode()).encode();
    Cid cid = Cid.dagPb(sha256.digest(bytes));
    Block.requireSize(cid, bytes.length);
    sink.put(cid, bytes, 0, bytes.length);
    long dagSize = bytes.length;
    for (PbLink link : links) {
      dagSize += link.tsize();
    }
    return new DagLink(cid, fileSize, dagSize, blocksBelow + 1);
  }
}
