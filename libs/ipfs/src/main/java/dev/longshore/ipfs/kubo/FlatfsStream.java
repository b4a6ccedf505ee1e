package dev.longshore.ipfs.kubo;

import dev.longshore.ipfs.BadDagException;
import dev.longshore.ipfs.ByteInput;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.unixfs.UnixFsData;
import dev.longshore.ipfs.unixfs.UnixFsType;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The leaves of one file, one after another, from their files into the reader's buffer. */
final class FlatfsStream extends ByteInput {
  /** Bounds the memory for links; a file in Kubo's layout has at most 174 a level. */
  private static final int MAX_OPEN_LINKS = 1_000_000;

  /** 2.5 TB in usual leaves; DAGs that repeat nodes endlessly stop here. */
  private static final long MAX_BLOCKS = 10_000_000;

  private final FlatfsFiles files;
  private final Faults faults;
  private final Deque<Cid> open = new ArrayDeque<>();
  private @Nullable FileChannel leaf;
  private long blocks;
  private @Nullable KuboException failure;

  FlatfsStream(FlatfsFiles files, Cid root, Faults faults) {
    this.files = files;
    this.faults = faults;
    open.push(root);
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    if (!into.hasRemaining()) {
      return 0;
    }
    if (failure != null) {
      throw failure;
    }
    try {
      while (true) {
        FileChannel from = leaf;
        if (from == null) {
          Cid next = nextLeaf();
          if (next == null) {
            return -1;
          }
          from = files.block(next, faults);
          leaf = from;
        }
        int n = from.read(into);
        if (n > 0) {
          return n;
        }
        from.close();
        leaf = null;
      }
    } catch (IOException e) {
      // A caller that reads on must not skip the failed block.
      failure = faults.broken(e);
      throw failure;
    }
  }

  private @Nullable Cid nextLeaf() throws IOException {
    while (true) {
      Cid next = open.poll();
      if (next == null) {
        return null;
      }
      if (++blocks > MAX_BLOCKS) {
        throw new BadDagException("file of over " + MAX_BLOCKS + " blocks");
      }
      if (next.codec() == Cid.RAW) {
        return next;
      }
      expand(next);
    }
  }

  private void expand(Cid cid) throws IOException {
    PbNode node = PbNode.decode(files.whole(cid, faults));
    byte[] data = node.data();
    UnixFsData file = UnixFsData.decode(data == null ? new byte[0] : data);
    if (file.type() != UnixFsType.FILE || file.data().length > 0) {
      throw faults.because(Fault.NOT_HELD, cid + " is no file of raw leaves");
    }
    if (open.size() + node.links().size() > MAX_OPEN_LINKS) {
      throw new BadDagException("file of over " + MAX_OPEN_LINKS + " open links");
    }
    for (PbLink link : node.links().reversed()) {
      open.push(link.cid());
    }
  }

  @Override
  public void close() throws IOException {
    super.close();
    open.clear();
    FileChannel from = leaf;
    leaf = null;
    if (from != null) {
      from.close();
    }
  }
}
