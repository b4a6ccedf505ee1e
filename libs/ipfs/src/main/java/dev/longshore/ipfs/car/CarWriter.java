package dev.longshore.ipfs.car;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.BlockSink;
import dev.longshore.model.Cid;
import dev.longshore.model.multiformats.Varint;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Writes a CARv1, one section per block, in the given order. The stream stays open. */
public final class CarWriter implements BlockSink {
  /** Limit of roots in a header, whose length takes two bytes. */
  static final int MAX_ROOTS = 1000;

  private final OutputStream out;
  private final byte[] head = new byte[Varint.MAX_BYTES];
  private long blocks;
  private long blockBytes;

  /**
   * Writes the header.
   *
   * @param roots may be empty: Kubo imports such a file, so a DAG can go before its root is known
   */
  public CarWriter(OutputStream out, List<Cid> roots) throws IOException {
    if (roots.size() > MAX_ROOTS) {
      throw new IllegalArgumentException(
          "roots: " + roots.size() + " (expected: <= " + MAX_ROOTS + ")");
    }
    this.out = out;
    byte[] header = new CarHeader(roots).encode();
    out.write(head, 0, Varint.write(header.length, head, 0));
    out.write(header);
  }

  @Override
  public void put(Cid cid, byte[] buffer, int offset, int length) throws IOException {
    Block.requireSize(cid, length);
    byte[] name = cid.bytes();
    out.write(head, 0, Varint.write((long) name.length + length, head, 0));
    out.write(name);
    out.write(buffer, offset, length);
    blocks++;
    blockBytes += length;
  }

  /** Number of blocks written so far. */
  public long blocks() {
    return blocks;
  }

  /** Their bytes, without the CAR's own. */
  public long blockBytes() {
    return blockBytes;
  }
}
