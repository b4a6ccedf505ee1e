package dev.longshore.resolver.site;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.resolver.site.neighbor.DagProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The images that this node offers its neighbors: those it has or fetches, none forgotten. */
final class SiteDagProvider implements DagProvider {
  /** The hub tells all nodes of a site of a change within that, or one of them is behind. */
  private static final Duration KNOWN = Duration.ofSeconds(3);

  /** Reading inner nodes from the own Kubo. */
  private static final Duration WALK = Duration.ofSeconds(10);

  /** Blocks of a DAG, as at a hub: what a site takes of its hub it gives to its neighbors. */
  private static final long MOST_BLOCKS = 300_000;

  private final SiteStore store;
  private final Demands demands;
  private final LocalBlocks local;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition applied = lock.newCondition();
  private final RecentOrders orders = new RecentOrders(RecentOrders.USUAL);

  SiteDagProvider(SiteStore store, Demands demands, LocalBlocks local) {
    this.store = store;
    this.demands = demands;
    this.local = local;
  }

  /** Changes of the hub were applied. */
  void look() {
    lock.lock();
    try {
      applied.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean has(ImageDag dag) {
    return is("present = 1", dag);
  }

  @Override
  public boolean awaitKnown(ImageDag dag) throws InterruptedException {
    long left = KNOWN.toNanos();
    lock.lockInterruptibly();
    try {
      while (!isKnown(dag)) {
        if (left <= 0) {
          return false;
        }
        left = applied.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private boolean isKnown(ImageDag dag) {
    return is(
        "present <> 2 AND dag IN (SELECT v.dag FROM versions v JOIN names n ON n.key = v.key"
            + " WHERE v.wanted = 1 AND n.removed = 0)",
        dag);
  }

  private boolean is(String what, ImageDag dag) {
    return !store
        .query(
            "SELECT 1 FROM dags WHERE dag = ? AND forget = 0 AND " + what,
            row -> true,
            dag.toString())
        .isEmpty();
  }

  @Override
  public void bring(ImageDag dag, String neighbor) throws IOException, InterruptedException {
    demands.bring(dag, neighbor);
  }

  @Override
  public LeafOrder order(ImageDag dag) throws IOException {
    Optional<LeafOrder> known = orders.of(dag);
    if (known.isPresent()) {
      return known.get();
    }
    LeafOrder order =
        LeafOrder.of(dag.cid(), (cid, _) -> local.block(cid), Deadline.after(WALK), MOST_BLOCKS);
    orders.keep(dag, order);
    return order;
  }

  @Override
  public byte[] block(Cid cid, Deadline deadline) throws IOException {
    return demands.given(cid, deadline).bytes();
  }
}
