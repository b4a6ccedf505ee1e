package dev.longshore.ipfs.reader;

import dev.longshore.ipfs.BadDagException;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.unixfs.UnixFsType;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Walks a file's DAG from left to right, skipping the part before an offset. */
final class FileWalk implements AutoCloseable {
  /**
   * Limit of known but unread subtrees: bounds the memory that a hostile DAG of wide, deep nodes
   * can take. A file in Kubo's layout has at most 174 per level.
   */
  static final int MAX_OPEN_PARTS = 1_000_000;

  private final BlockFetcher blocks;
  private final LeafReadahead leaves;
  private final Deque<FileSubtree> open = new ArrayDeque<>();
  private final long size;
  private byte @Nullable [] inline;
  private long skip;

  /** Bytes requested from the next part on, including skipped ones. */
  private long wanted;

  /** Reads the root, so that the size is known. */
  FileWalk(BlockFetcher blocks, Cid root, long offset) throws IOException {
    this(blocks, new LeafReadahead(blocks, 0), root, offset, Long.MAX_VALUE - offset);
  }

  /** The same, with read-ahead for a number of bytes from the offset on. */
  FileWalk(BlockFetcher blocks, LeafReadahead leaves, Cid root, long offset, long length)
      throws IOException {
    this.blocks = blocks;
    this.leaves = leaves;
    this.skip = offset;
    this.wanted = length > Long.MAX_VALUE - offset ? Long.MAX_VALUE : offset + length;
    if (root.codec() == Cid.RAW) {
      inline = blocks.fetch(root).bytes();
      size = inline.length;
    } else {
      UnixFsNode node = blocks.fetchNode(root);
      size = node.data().fileSize();
      expand(node, size, 0);
    }
  }

  long size() {
    return size;
  }

  /** The next bytes of the file, at least one; null at its end. */
  @Nullable ByteBuffer next() throws IOException {
    while (true) {
      ByteBuffer bytes = takeInline();
      if (bytes != null) {
        return bytes;
      }
      FileSubtree part = open.poll();
      if (part == null) {
        return null;
      }
      if (part.size() <= skip) {
        skip -= part.size();
        wanted -= part.size();
      } else {
        read(part);
      }
    }
  }

  private @Nullable ByteBuffer takeInline() {
    byte[] bytes = inline;
    inline = null;
    if (bytes == null) {
      return null;
    }
    int from = (int) Math.min(skip, bytes.length);
    skip -= from;
    return from == bytes.length ? null : ByteBuffer.wrap(bytes, from, bytes.length - from);
  }

  private void read(FileSubtree part) throws IOException {
    if (part.cid().codec() != Cid.RAW) {
      expand(blocks.fetchNode(part.cid()), part.size(), part.depth());
      return;
    }
    wanted -= part.size();
    Block leaf = leaves.get(part, open, wanted);
    if (leaf.size() != part.size()) {
      throw new BadDagException(
          "block %s: %d bytes where its parent says %d"
              .formatted(part.cid(), leaf.size(), part.size()));
    }
    inline = leaf.bytes();
  }

  private void expand(UnixFsNode node, long announced, int depth) {
    UnixFsType type = node.data().type();
    if (type != UnixFsType.FILE && type != UnixFsType.RAW) {
      throw node.lie("a " + type + " (expected: a file)");
    }
    if (depth >= DagReader.MAX_DEPTH) {
      throw node.lie("deeper than " + DagReader.MAX_DEPTH + " links");
    }
    long[] sizes = node.data().blockSizes();
    List<PbLink> links = node.links();
    if (sizes.length != links.size()) {
      throw node.lie(links.size() + " links but " + sizes.length + " block sizes");
    }
    byte[] own = node.data().data();
    requireSum(node, own.length, sizes, announced);
    if (open.size() + sizes.length > MAX_OPEN_PARTS) {
      throw node.lie("over " + MAX_OPEN_PARTS + " open links");
    }
    for (int i = sizes.length - 1; i >= 0; i--) {
      if (sizes[i] > 0) {
        open.push(new FileSubtree(links.get(i).cid(), sizes[i], depth + 1));
      }
    }
    inline = own;
    wanted -= own.length;
  }

  private static void requireSum(UnixFsNode node, long own, long[] sizes, long announced) {
    long sum = own;
    for (long size : sizes) {
      sum += size;
      if (sum < 0) {
        throw node.lie("block sizes over 2^63");
      }
    }
    if (sum != node.data().fileSize() || sum != announced) {
      throw node.lie(
          "says %d bytes, its parts %d, its parent %d"
              .formatted(node.data().fileSize(), sum, announced));
    }
  }

  @Override
  public void close() {
    leaves.close();
  }
}
