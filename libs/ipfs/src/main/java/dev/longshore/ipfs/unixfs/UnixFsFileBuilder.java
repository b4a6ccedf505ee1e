package dev.longshore.ipfs.unixfs;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.BlockSink;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Builds the DAG of one file while its bytes arrive: CIDv1, raw leaves, sha2-256, balanced. Each
 * block goes to the sink as soon as it is complete; memory is one leaf and one list of links per
 * level.
 *
 * <p>With {@link #kuboDefaults} the root is that of {@code ipfs add --cid-version=1}. Used by one
 * thread.
 */
public final class UnixFsFileBuilder {
  /** Kubo's default leaf size in bytes. */
  public static final int LEAF_BYTES = 262144;

  /** Kubo's default number of links in a node. */
  public static final int MAX_LINKS = 174;

  private final BlockWriter writer;
  private final BalancedTree tree;
  private final LeafPolicy policy;
  private final byte[] leaf;
  private int held;
  private boolean finished;

  private enum LeafPolicy {
    FIXED,
    CALLER_DECIDES
  }

  private UnixFsFileBuilder(int leafBytes, int maxLinks, LeafPolicy policy, BlockSink sink) {
    if (leafBytes < 1 || leafBytes > Block.MAX_BYTES) {
      throw new IllegalArgumentException(
          "leafBytes: %d (expected: 1 to %d)".formatted(leafBytes, Block.MAX_BYTES));
    }
    if (maxLinks < 2) {
      throw new IllegalArgumentException("maxLinks: " + maxLinks + " (expected: 2 or more)");
    }
    this.writer = new BlockWriter(sink);
    this.tree = new BalancedTree(writer, maxLinks);
    this.policy = policy;
    this.leaf = new byte[leafBytes];
  }

  /** Leaves of 262144 bytes and 174 links per node. */
  public static UnixFsFileBuilder kuboDefaults(BlockSink sink) {
    return fixedLeaves(LEAF_BYTES, MAX_LINKS, sink);
  }

  /**
   * Leaves of one size, the last one shorter.
   *
   * @param leafBytes from 1 to 2 MiB
   * @param maxLinks 2 or more
   */
  public static UnixFsFileBuilder fixedLeaves(int leafBytes, int maxLinks, BlockSink sink) {
    return new UnixFsFileBuilder(leafBytes, maxLinks, LeafPolicy.FIXED, sink);
  }

  /**
   * Leaves that end where the caller says so with {@link #endLeaf}. Readers cannot tell the
   * difference; the CIDs are not those of {@code ipfs add}.
   *
   * @param maxLinks 2 or more
   */
  public static UnixFsFileBuilder callerDecidesLeaves(int maxLinks, BlockSink sink) {
    return new UnixFsFileBuilder(Block.MAX_BYTES, maxLinks, LeafPolicy.CALLER_DECIDES, sink);
  }

  /** A small file from an array. */
  public static DagLink build(byte[] content, BlockSink sink) throws IOException {
    UnixFsFileBuilder builder = kuboDefaults(sink);
    builder.write(content, 0, content.length);
    return builder.finish();
  }

  /**
   * Appends to the file.
   *
   * @throws IllegalStateException when a leaf ended by the caller would exceed 2 MiB
   * @throws IOException when the sink fails
   */
  public void write(byte[] bytes, int offset, int length) throws IOException {
    requireOpen();
    int at = offset;
    int end = offset + length;
    while (at < end) {
      if (held == 0 && policy == LeafPolicy.FIXED && end - at >= leaf.length) {
        tree.addLeaf(writer.leaf(bytes, at, leaf.length));
        at += leaf.length;
      } else {
        int part = Math.min(end - at, roomInLeaf());
        System.arraycopy(bytes, at, leaf, held, part);
        at += part;
        advance(part);
      }
    }
  }

  /** Appends what remains in the buffer. */
  public void write(ByteBuffer bytes) throws IOException {
    if (bytes.hasArray()) {
      write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
      bytes.position(bytes.limit());
      return;
    }
    requireOpen();
    while (bytes.hasRemaining()) {
      int part = Math.min(bytes.remaining(), roomInLeaf());
      bytes.get(leaf, held, part);
      advance(part);
    }
  }

  /** Ends the current leaf; no effect if it is empty. */
  public void endLeaf() throws IOException {
    requireOpen();
    requireCallerDecides();
    emitHeld();
  }

  /**
   * Appends one whole leaf, without a copy.
   *
   * @param length from 1 to 2 MiB
   */
  public void writeLeaf(byte[] bytes, int offset, int length) throws IOException {
    endLeaf();
    if (length < 1 || length > Block.MAX_BYTES) {
      throw new IllegalArgumentException(
          "leaf: %d bytes (expected: 1 to %d)".formatted(length, Block.MAX_BYTES));
    }
    tree.addLeaf(writer.leaf(bytes, offset, length));
  }

  /** Ends the file. A file of one leaf is that raw leaf, an empty one the empty raw block. */
  public DagLink finish() throws IOException {
    requireOpen();
    finished = true;
    if (held > 0 || tree.isEmpty()) {
      emit();
    }
    return tree.finish();
  }

  private int roomInLeaf() {
    if (held == leaf.length) {
      throw new IllegalStateException("leaf: over " + Block.MAX_BYTES + " bytes without an end");
    }
    return leaf.length - held;
  }

  private void advance(int part) throws IOException {
    held += part;
    if (held == leaf.length && policy == LeafPolicy.FIXED) {
      emit();
    }
  }

  private void emitHeld() throws IOException {
    if (held > 0) {
      emit();
    }
  }

  private void emit() throws IOException {
    int length = held;
    held = 0;
    tree.addLeaf(writer.leaf(leaf, 0, length));
  }

  private void requireOpen() {
    if (finished) {
      throw new IllegalStateException("the file is finished");
    }
  }

  private void requireCallerDecides() {
    if (policy != LeafPolicy.CALLER_DECIDES) {
      throw new IllegalStateException("the leaves of this file have a fixed size");
    }
  }
}
