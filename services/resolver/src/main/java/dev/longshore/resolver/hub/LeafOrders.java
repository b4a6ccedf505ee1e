package dev.longshore.resolver.hub;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.reader.BlockSource;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Caches the leaf orders of recently requested DAGs: sites of a group request the same ones. */
final class LeafOrders {
  /** Blocks of a DAG: 75 GB in usual leaves; more would take 100 MB of memory. */
  static final int MOST_BLOCKS = 300_000;

  /** Walks at once; each may take that much memory. */
  private static final int WALKS = 2;

  /** An image's inner nodes arrive from peers in less. */
  private static final Duration WALK = Duration.ofSeconds(30);

  private final Map<Cid, LeafOrder> orders = new LinkedHashMap<>(16, 0.75f, true);
  private final Semaphore walks = new Semaphore(WALKS);
  private long blocks;

  /** The order of a DAG, read from the source's inner nodes if not cached. */
  LeafOrder of(Cid dag, BlockSource source) throws IOException {
    Optional<LeafOrder> known = known(dag);
    if (known.isPresent()) {
      return known.get();
    }
    try {
      if (!walks.tryAcquire(WALK.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("DAG " + dag + ": " + WALKS + " others are read; try again");
      }
      try {
        // Another request for it may have been first.
        known = known(dag);
        return known.isPresent() ? known.get() : walk(dag, source);
      } finally {
        walks.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("DAG " + dag + ": interrupted");
    }
  }

  private LeafOrder walk(Cid dag, BlockSource source) throws IOException {
    LeafOrder order = LeafOrder.of(dag, source, Deadline.after(WALK), MOST_BLOCKS);
    keep(dag, order);
    return order;
  }

  private synchronized Optional<LeafOrder> known(Cid dag) {
    return Optional.ofNullable(orders.get(dag));
  }

  private synchronized void keep(Cid dag, LeafOrder order) {
    if (orders.put(dag, order) == null) {
      blocks += size(order);
    }
    Iterator<LeafOrder> eldest = orders.values().iterator();
    while (blocks > MOST_BLOCKS) {
      blocks -= size(eldest.next());
      eldest.remove();
    }
  }

  private static long size(LeafOrder order) {
    return (long) order.nodes().size() + order.leaves().size();
  }
}
