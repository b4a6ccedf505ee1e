package dev.longshore.ipfs.reader;

import dev.longshore.ipfs.BadDagException;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Lists the blocks of DAGs from their inner nodes alone: the link to a leaf has its size, so that
 * for 10 GB some megabytes are read. Shared inner nodes are read once and checked against their
 * CIDs; the sizes of leaves are unchecked.
 */
public final class BlockWalk {
  /**
   * Concurrent requests for inner nodes: enough to hide a latency of 100 ms, few enough for any
   * node.
   */
  private static final int AT_ONCE = 16;

  private final BlockSource source;
  private final Deadline deadline;
  private final long most;
  private final Map<Cid, Node> known = new HashMap<>();
  private final Map<Cid, Long> leaves = new HashMap<>();
  private long links;

  /**
   * @param deadline for the whole walk
   */
  public BlockWalk(BlockSource source, Deadline deadline) {
    this(source, deadline, DagClosure.MAX_BLOCKS);
  }

  /**
   * @param most limit of blocks in a DAG, and of links between all walked ones
   */
  BlockWalk(BlockSource source, Deadline deadline, long most) {
    this.source = source;
    this.deadline = deadline;
    this.most = most;
  }

  /**
   * The record of a block.
   *
   * @param children each once, without its name; without inline ones, which are part of their CID
   *     and never stored or sent
   */
  private record Node(long bytes, List<PbLink> children) {
    static Node of(Block block) {
      var seen = new HashSet<Cid>();
      List<PbLink> children =
          DagClosure.links(block).stream()
              .filter(link -> !link.cid().isInline() && seen.add(link.cid()))
              .map(link -> new PbLink(link.cid(), "", link.tsize()))
              .toList();
      return new Node(block.size(), children);
    }
  }

  /**
   * The blocks of a DAG, root included.
   *
   * @throws BadDagException when they, or all links walked so far, exceed {@link
   *     DagClosure#MAX_BLOCKS}, or are neither files nor directories
   * @throws IOException when the source lacks an inner node, or the time is over
   */
  public BlockSet of(Cid root) throws IOException {
    var sizes = new HashMap<Cid, Long>();
    Set<Cid> level = Set.of(root);
    for (int depth = 0; !level.isEmpty(); depth++) {
      if (depth > DagReader.MAX_DEPTH) {
        throw new BadDagException("DAG " + root + ": deeper than " + DagReader.MAX_DEPTH);
      }
      level = below(level, root, sizes);
    }
    return new BlockSet(sizes);
  }

  /** Links of an inner node that was walked, in their order, each child once. */
  List<PbLink> children(Cid walked) {
    return Objects.requireNonNull(known.get(walked), () -> "not walked: " + walked).children();
  }

  /** Counts nodes and their leaves; the nodes below them. */
  private Set<Cid> below(Set<Cid> level, Cid root, Map<Cid, Long> sizes) throws IOException {
    var below = new LinkedHashSet<Cid>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Iterator<Cid> unread = level.stream().filter(cid -> !known.containsKey(cid)).iterator();
      var reads = new ArrayDeque<Future<Node>>();
      try {
        for (Cid cid : level) {
          while (reads.size() < AT_ONCE && unread.hasNext()) {
            Cid next = unread.next();
            reads.add(threads.submit(() -> read(next)));
          }
          Node node = known.get(cid);
          if (node == null) {
            node = reads.remove().get();
            keep(cid, node, root);
          }
          count(cid, node, sizes, below);
          check(sizes.size() + below.size(), root);
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
    return below;
  }

  private Node read(Cid cid) throws IOException {
    if (deadline.expired()) {
      throw new InterruptedIOException("block " + cid + ": no time left to read it");
    }
    return Node.of(Block.verify(cid, source.get(cid, deadline)));
  }

  private void keep(Cid cid, Node node, Cid root) {
    known.put(cid, node);
    if (cid.codec() == Cid.RAW) {
      leaves.put(cid, node.bytes());
    }
    links += node.children().size();
    check(links, root);
  }

  private void count(Cid cid, Node node, Map<Cid, Long> sizes, Set<Cid> below) {
    sizes.put(cid, node.bytes());
    for (PbLink link : node.children()) {
      Cid child = link.cid();
      if (sizes.containsKey(child)) {
        continue;
      }
      if (child.codec() == Cid.RAW) {
        // The same in each DAG, even if another link to it differs.
        leaves.putIfAbsent(child, link.tsize());
        sizes.put(child, leaves.get(child));
      } else {
        below.add(child);
      }
    }
  }

  private void check(long count, Cid root) {
    if (count > most) {
      throw new BadDagException(
          "DAG " + root + ": over " + most + " blocks or links; too many to be counted");
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
