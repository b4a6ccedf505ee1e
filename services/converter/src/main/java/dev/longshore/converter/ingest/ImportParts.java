package dev.longshore.converter.ingest;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.hold.HoldNode;
import dev.longshore.ipfs.node.HeldImport;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Imports blocks in parts, each held when it ends. While a part is open the peer collects nothing,
 * and while a collection waits it pins nothing; so a part ends after a while even if its source
 * hangs.
 */
final class ImportParts implements BlockSink, AutoCloseable {
  /** A part is read once more when it is pinned, from memory if it is not larger than this. */
  static final long PART_BYTES = 64L * 1024 * 1024;

  /** Links in one node, so that it stays a small block. */
  static final int PART_BLOCKS = 4096;

  /** Less than the stall limits of others, who wait for it if a collection does. */
  static final Duration PART_TIME = Duration.ofSeconds(5);

  /** What a part takes at most once it is taken, whatever its owner does meanwhile. */
  private static final Duration PART_LIMIT = Duration.ofMinutes(2);

  private final ConversionHold hold;
  private final Deadline deadline;
  private final Duration partTime;
  private final CountDownLatch done = new CountDownLatch(1);
  private final Set<Cid> blocks = new LinkedHashSet<>();
  private final Set<Cid> nodes = new HashSet<>();
  private @Nullable HeldImport part;
  private long bytes;
  private long begun;
  private boolean whole;
  private @Nullable IOException failure;

  ImportParts(ConversionHold hold, Deadline deadline, Duration partTime) {
    this.hold = hold;
    this.deadline = deadline;
    this.partTime = partTime;
    Thread.ofVirtual().name("held-parts").start(this::watch);
  }

  @Override
  public synchronized void put(Cid cid, byte[] buffer, int offset, int length) throws IOException {
    requireWhole();
    HeldImport current = part;
    if (current == null) {
      current = hold.open(deadline, PART_LIMIT);
      part = current;
      begun = System.nanoTime();
      bytes = 0;
    }
    current.put(cid, buffer, offset, length);
    blocks.add(HoldNode.alone(cid));
    bytes += length;
    if (bytes >= PART_BYTES || blocks.size() >= PART_BLOCKS) {
      endPart();
    }
  }

  /** Returns when the last part is held. */
  synchronized void finish() throws IOException {
    requireWhole();
    endPart();
    whole = true;
  }

  private void requireWhole() throws IOException {
    if (failure != null) {
      throw failure;
    }
  }

  private void endPart() throws IOException {
    HeldImport ending = part;
    if (ending != null) {
      part = null;
      Block node = hold.node(blocks);
      nodes.add(node.cid()); // before the call, which may succeed unheard
      try (ending) {
        ending.hold(node);
      }
      blocks.clear();
    }
  }

  private void watch() {
    try {
      while (!done.await(partTime.toMillis() / 5, TimeUnit.MILLISECONDS)) {
        endIfOld();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void endIfOld() {
    if (part != null && System.nanoTime() - begun > partTime.toNanos()) {
      try {
        endPart();
      } catch (IOException e) {
        failure = e;
      } catch (RuntimeException | Error e) { // Nobody else ends a part: the import must fail.
        failure = new IOException("a part of the import could not be held: " + e, e);
      }
    }
  }

  /** Breaks off what has not ended. */
  @Override
  public synchronized void close() throws IOException {
    done.countDown();
    hold.imported(nodes, whole);
    HeldImport open = part;
    part = null;
    if (open != null) {
      open.close();
    }
  }
}
