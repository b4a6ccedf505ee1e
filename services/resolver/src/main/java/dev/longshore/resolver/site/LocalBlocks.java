package dev.longshore.resolver.site;

import dev.longshore.ipfs.BadBlockException;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.kubo.FlatfsFiles;
import dev.longshore.ipfs.node.BlockNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.reader.LeafOrder.Leaf;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** The blocks of this site's node: looked up in its files, or requested from it, many at once. */
final class LocalBlocks {
  private static final Duration CALL = Duration.ofSeconds(30);

  /** Questions to the node at once: each takes it part of a millisecond. */
  private static final int AT_ONCE = 16;

  private final BlockNode node;
  private final @Nullable FlatfsFiles files;

  LocalBlocks(BlockNode node, @Nullable FlatfsFiles files) {
    this.node = node;
    this.files = files;
  }

  /** A block that the node has; fails with what the node says if it has not. */
  byte[] block(Cid cid) throws IOException {
    return checked(cid).bytes();
  }

  /** The same with its CID. */
  Block checked(Cid cid) throws IOException {
    FlatfsFiles here = files;
    if (here != null && here.readable()) {
      try {
        return Block.verify(cid, here.bytes(cid));
      } catch (IOException | BadBlockException e) {
        // The node says what is wrong.
      }
    }
    return asked(cid);
  }

  private Block asked(Cid cid) throws KuboException {
    return node.block(cid, Reach.LOCAL, Deadline.after(CALL));
  }

  /**
   * A block out of the node's files, or from the node, whose bytes are those of its CID.
   *
   * @throws KuboException {@link dev.longshore.ipfs.node.Fault#NOT_HELD} when it is not there
   */
  byte[] read(Cid cid) throws IOException {
    FlatfsFiles here = files;
    return here != null && here.readable()
        ? Block.verify(cid, here.bytes(cid)).bytes()
        : asked(cid).bytes();
  }

  /** Numbers of leaves that it lacks. */
  BitSet lacking(List<Leaf> leaves) throws KuboException, InterruptedIOException {
    FlatfsFiles here = files;
    BitSet lacking = new BitSet(leaves.size());
    if (here != null && here.readable()) {
      for (int i = 0; i < leaves.size(); i++) {
        lacking.set(i, !here.holds(leaves.get(i).cid()));
      }
      return lacking;
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<BitSet>> parts = new ArrayList<>();
      try {
        for (int part = 0; part < AT_ONCE; part++) {
          int first = part;
          parts.add(threads.submit(() -> asked(leaves, first)));
        }
        for (Future<BitSet> part : parts) {
          lacking.or(part.get());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("looking for blocks: interrupted");
      } catch (ExecutionException e) {
        throw failure(e);
      } finally {
        threads.shutdownNow();
      }
    }
    return lacking;
  }

  private BitSet asked(List<Leaf> leaves, int first) throws KuboException {
    BitSet lacking = new BitSet();
    for (int i = first; i < leaves.size(); i += AT_ONCE) {
      lacking.set(i, !node.holds(leaves.get(i).cid(), Deadline.after(CALL)));
    }
    return lacking;
  }

  private static KuboException failure(ExecutionException e) throws KuboException {
    return switch (e.getCause()) {
      case KuboException known -> known;
      case RuntimeException defect -> throw defect;
      case Error error -> throw error;
      case null, default -> throw new IllegalStateException("looking for blocks", e);
    };
  }
}
