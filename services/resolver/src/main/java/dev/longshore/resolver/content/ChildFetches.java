package dev.longshore.resolver.content;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.BlockNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.Cid;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the site's node fetch the children of dag-pb nodes: each parent once at a time for all
 * callers, and few parents at once. The blocks end up in the node, not in memory.
 */
final class ChildFetches implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChildFetches.class);

  /** Limit for all readers, with 174 blocks each: 45 MB in usual leaves. */
  static final int AT_ONCE = 16;

  /** Limit for one DAG. */
  static final int OF_ONE = 8;

  /** Enough for 45 MB from a peer on a line of 1 Mbit/s. */
  private static final Duration LONGEST = Duration.ofMinutes(10);

  /** Longest wait of a reader for the next block; then it requests its own block alone. */
  private static final Duration STANDSTILL = Duration.ofSeconds(3);

  private final BlockNode node;
  private final PeerConnections connections;
  private final Duration patience;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Cid, Fetch> running = new HashMap<>();
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("children-", 0).factory());

  /**
   * @param patience longest time without a block
   */
  ChildFetches(BlockNode node, PeerConnections connections, Duration patience) {
    this.node = node;
    this.connections = connections;
    this.patience = patience;
  }

  /** The progress of one fetch. */
  private final class Fetch {
    private final Cid root;
    private final Set<Cid> come = new HashSet<>();
    private final Condition more = lock.newCondition();
    private boolean ended;

    Fetch(Cid root) {
      this.root = root;
    }
  }

  /**
   * Begins a fetch, unless it is under way.
   *
   * @param root the root of its DAG
   * @return whether it is under way; false if there are too many others
   */
  boolean begin(Cid root, Cid parent, List<Provider> providers) {
    lock.lock();
    try {
      if (running.containsKey(parent)) {
        return true;
      }
      if (running.size() >= AT_ONCE
          || running.values().stream().filter(fetch -> fetch.root.equals(root)).count() >= OF_ONE) {
        return false;
      }
      Fetch fetch = new Fetch(root);
      running.put(parent, fetch);
      threads.execute(() -> run(fetch, parent, providers));
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void run(Fetch fetch, Cid parent, List<Provider> providers) {
    try {
      connections.seek(providers, true);
      node.fetchChildren(parent, cid -> came(fetch, cid), patience, Deadline.after(LONGEST));
    } catch (KuboException e) {
      LOG.info(
          "the blocks below {} did not all come at once; the rest is asked for one by one: {}",
          parent,
          e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end(fetch, parent);
    }
  }

  private void came(Fetch fetch, Cid cid) {
    lock.lock();
    try {
      fetch.come.add(cid);
      fetch.more.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void end(Fetch fetch, Cid parent) {
    lock.lock();
    try {
      fetch.ended = true;
      running.remove(parent);
      fetch.more.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a child while its siblings come. */
  void await(Cid parent, Cid child, Deadline deadline) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      Fetch fetch = running.get(parent);
      if (fetch == null) {
        return;
      }
      int come = fetch.come.size();
      long left = STANDSTILL.toNanos();
      while (!fetch.ended && !fetch.come.contains(child) && left > 0 && !deadline.expired()) {
        left = fetch.more.awaitNanos(Math.min(left, deadline.remaining().toNanos()));
        if (fetch.come.size() > come) {
          come = fetch.come.size();
          left = STANDSTILL.toNanos();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
