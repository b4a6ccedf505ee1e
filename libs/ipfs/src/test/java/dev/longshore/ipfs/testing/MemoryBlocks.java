package dev.longshore.ipfs.testing;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.reader.BlockSource;
import dev.longshore.model.Cid;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Blocks in a map: takes what builders emit and serves readers, also with wrong bytes. */
public final class MemoryBlocks implements BlockSink, BlockSource {
  private final Map<Cid, byte[]> blocks = new LinkedHashMap<>();
  private long reads;

  @Override
  public void put(Cid cid, byte[] buffer, int offset, int length) {
    blocks.put(cid, Arrays.copyOfRange(buffer, offset, offset + length));
  }

  @Override
  public byte[] get(Cid cid, Deadline deadline) throws IOException {
    reads++;
    byte[] bytes = blocks.get(cid);
    if (bytes == null) {
      throw new FileNotFoundException("no block " + cid);
    }
    return bytes;
  }

  /** Lets a CID give other bytes. */
  public void replace(Cid cid, byte[] bytes) {
    blocks.put(cid, bytes);
  }

  /** Puts a node, whatever it says. */
  public Cid putNode(PbNode node) {
    return putBytes(node.encode());
  }

  /** Puts bytes as a dag-pb block. */
  public Cid putBytes(byte[] bytes) {
    Cid cid = Cid.dagPb(sha256(bytes));
    put(cid, bytes, 0, bytes.length);
    return cid;
  }

  /** Puts a raw block. */
  public Cid putRaw(byte[] bytes) {
    Cid cid = Cid.raw(sha256(bytes));
    put(cid, bytes, 0, bytes.length);
    return cid;
  }

  public Map<Cid, byte[]> all() {
    return blocks;
  }

  /** Blocks that readers asked for so far. */
  public long reads() {
    return reads;
  }

  /** Passes the blocks below a root on in the order of Kubo's exports: depth first, each once. */
  public void exportTo(Cid root, BlockSink sink) throws IOException {
    export(root, new LinkedHashSet<>(), sink);
  }

  private void export(Cid cid, Set<Cid> done, BlockSink sink) throws IOException {
    if (!done.add(cid)) {
      return;
    }
    Block block = Block.verify(cid, get(cid, Deadline.after(Duration.ofSeconds(1))));
    sink.put(cid, block.bytes(), 0, block.size());
    if (cid.codec() == Cid.DAG_PB) {
      for (PbLink link : PbNode.decode(block.bytes()).links()) {
        export(link.cid(), done, sink);
      }
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
