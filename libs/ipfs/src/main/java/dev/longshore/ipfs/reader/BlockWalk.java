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
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

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
  private final long most;
  private final Map<Cid, Node> known = new HashMap<>();
  private final Map<Cid, Long> leaves = new HashMap<>();
  private long links;

  /**
   * @param deadline for all that is walked
   */
  public BlockWalk(BlockSource source, Deadline deadline) {
    this(source, deadline, DagClosure.MAX_BLOCKS);
  }

  /**
   * @param most blocks of a DAG, and links between all that are walked
   */
  BlockWalk(BlockSource source, Deadline deadline, long most) {
    this.source = source;
    this.deadline = deadline;
    this.most = most;
  }

  /**
   * What is kept of a block.
   *
   * @param children each once, without its name; inline ones are left out, which are part of their
   *     CID: nobody stores or sends them
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
   * The blocks below a root, with the root.
   *
   * @throws BadDagException when they, or the links of all that was walked so far, are more than
   *     {@link DagClosure#MAX_BLOCKS}, or of another kind than files and directories
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
        // The same in each DAG, whatever another link to it says.
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
