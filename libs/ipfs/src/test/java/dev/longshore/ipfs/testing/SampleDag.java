package dev.longshore.ipfs.testing;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.node.CarBody;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.ipfs.unixfs.DirectoryTree;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A directory {@code docs/big} and {@code small} of seeded bytes, and its blocks. */
public final class SampleDag {
  private static final int LEAF_BYTES = 1000;

  private final byte[] big;
  private final byte[] small;
  private final List<Block> blocks = new ArrayList<>();
  private final DagLink bigLink;
  private final DagLink root;

  /** Seeds give disjoint blocks. */
  public SampleDag(long seed) throws IOException {
    Random random = new Random(seed);
    big = new byte[400 * LEAF_BYTES + 17];
    small = new byte[100];
    random.nextBytes(big);
    random.nextBytes(small);
    BlockSink sink =
        (cid, buffer, offset, length) ->
            blocks.add(Block.verify(cid, Arrays.copyOfRange(buffer, offset, offset + length)));
    UnixFsFileBuilder file = UnixFsFileBuilder.fixedLeaves(LEAF_BYTES, 174, sink);
    file.write(big, 0, big.length);
    bigLink = file.finish();
    root =
        new DirectoryTree()
            .put("docs/big", bigLink)
            .put("small", UnixFsFileBuilder.build(small, sink))
            .write(sink);
  }

  /** The directory. */
  public Cid root() {
    return root.cid();
  }

  public DagLink rootLink() {
    return root;
  }

  /** The file {@code docs/big}. */
  public Cid bigFile() {
    return bigLink.cid();
  }

  public byte[] big() {
    return big.clone();
  }

  public byte[] small() {
    return small.clone();
  }

  /** Some raw leaf of {@code docs/big}. */
  public Cid leaf() {
    return blocks.get(7).cid();
  }

  public long blockCount() {
    return blocks.size();
  }

  public long blockBytes() {
    return blocks.stream().mapToLong(block -> block.size()).sum();
  }

  /** All blocks, for an import. */
  public CarBody car() {
    return sink -> {
      for (Block block : blocks) {
        sink.put(block.cid(), block.bytes(), 0, block.size());
      }
    };
  }

  /** A node that links these, with a hash that no file has. */
  public static Block linking(List<Cid> linked) {
    List<PbLink> links = new ArrayList<>();
    linked.forEach(cid -> links.add(new PbLink(cid, Integer.toString(links.size()), 0)));
    byte[] node = new PbNode(links, null).encode();
    return Block.verify(Cid.dagPbSha512(sha512(node)), node);
  }

  private static byte[] sha512(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-512").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
