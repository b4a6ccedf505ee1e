package dev.longshore.ipfs.reader;

import dev.longshore.ipfs.BadDagException;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Cid;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.dagpb.PbLink;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * Lists the blocks of DAGs from their inner nodes alone: a leaf's size stands in the link to it, so
 * that of 10 GB some megabytes are read. Inner nodes that DAGs share are read once; they are
 * checked against their CIDs, the sizes of leaves are their writer's word.
 */
public final class BlockWalk {
  /** Inner nodes asked for at once: enough to hide a line of 100 ms, few enough for any node. */
  private static final int AT_ONCE = 16;

  private final BlockSource source;
  private final Deadline deadline;
  private final Map<Cid, Inner> inner = new HashMap<>();
  private final Map<Cid, Long> leaves = new HashMap<>();

  /**
   * @param deadline for all that is walked
   */
  public BlockWalk(BlockSource source, Deadline deadline) {
    this.source = source;
    this.deadline = deadline;
  }

  private record Inner(long bytes, List<PbLink> links) {}

  /**
   * The blocks below a root, with the root.
   *
   * @throws BadDagException when they are more than {@link DagClosure#MAX_BLOCKS}, or of another
   *     kind than files and directories
   * @throws IOException when the source lacks an inner node, or the time is over
   */
  public BlockSet of(Cid root) throws IOException {
    var sizes = new HashMap<Cid, Long>();
    Set<Cid> level = Set.of(root);
    for (int depth = 0; !level.isEmpty(); depth++) {
      if (depth > DagReader.MAX_DEPTH) {
        throw new BadDagException("DAG " + root + ": deeper than " + DagReader.MAX_DEPTH);
      }
      read(level);
      var below = new LinkedHashSet<Cid>();
      for (Cid cid : level) {
        take(cid, sizes, below);
      }
      if (sizes.size() + below.size() > DagClosure.MAX_BLOCKS) {
        throw new BadDagException(
            "DAG " + root + ": over " + DagClosure.MAX_BLOCKS + " blocks; too many to be counted");
      }
      level = below;
    }
    return new BlockSet(sizes);
  }

  /** Counts a node and its leaves, and finds the nodes below it. */
  private void take(Cid cid, Map<Cid, Long> sizes, Set<Cid> below) {
    Inner node = inner.get(cid);
    sizes.put(cid, node == null ? leaves.getOrDefault(cid, 0L) : node.bytes());
    for (PbLink link : node == null ? List.<PbLink>of() : node.links()) {
      Cid child = link.cid();
      // An inline block is part of its CID; nobody stores or sends it.
      if (child.isInline() || sizes.containsKey(child)) {
        continue;
      }
      if (child.codec() == Cid.RAW) {
        leaves.putIfAbsent(child, link.tsize());
        sizes.put(child, leaves.get(child));
      } else {
        below.add(child);
      }
    }
  }

  private void read(Set<Cid> level) throws IOException {
    List<Cid> unread =
        level.stream().filter(c -> !inner.containsKey(c) && !leaves.containsKey(c)).toList();
    var turns = new Semaphore(AT_ONCE);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var reads = new ArrayList<Future<Block>>();
      for (Cid cid : unread) {
        reads.add(threads.submit(() -> get(cid, turns)));
      }
      try {
        for (Future<Block> read : reads) {
          add(read.get());
        }
      } catch (ExecutionException e) {
        throw rethrown(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("walk over blocks: interrupted");
      } finally {
        threads.shutdownNow();
      }
    }
  }

  private Block get(Cid cid, Semaphore turns) throws IOException, InterruptedException {
    turns.acquire();
    try {
      if (deadline.expired()) {
        throw new InterruptedIOException("block " + cid + ": no time left to read it");
      }
      return Block.verify(cid, source.get(cid, deadline));
    } finally {
      turns.release();
    }
  }

  private void add(Block block) {
    if (block.cid().codec() == Cid.RAW) {
      leaves.put(block.cid(), (long) block.size());
    } else {
      inner.put(block.cid(), new Inner(block.size(), DagClosure.links(block)));
    }
  }

  private static IOException rethrown(ExecutionException e) throws IOException {
    return switch (e.getCause()) {
      case IOException failure -> throw failure;
      case RuntimeException defect -> throw defect;
      case Error error -> throw error;
      case null, default -> new IOException(e.getCause());
    };
  }
}
