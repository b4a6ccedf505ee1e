package dev.longshore.pinner;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.kubo.KuboException;
import dev.longshore.model.PeerName;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects the garbage of one peer at a time, as a peer's writes stall meanwhile. One collection
 * serves all who asked for it before it began.
 */
final class Collector {
  private static final Logger LOG = LoggerFactory.getLogger(Collector.class);
  private final Map<PeerName, Requests> peers = new ConcurrentHashMap<>();
  private final ReentrantLock turn = new ReentrantLock();
  private final Duration limit;

  /** Requests for one peer, by number; {@code served} belongs to who has the turn. */
  private static final class Requests {
    private final AtomicLong last = new AtomicLong();
    private long served;
  }

  /**
   * @param limit how long a collection may take
   */
  Collector(Duration limit) {
    this.limit = limit;
  }

  /** Returns after a collection that began after this call. */
  void collect(Peer peer) throws KuboException, InterruptedException {
    Requests requests = peers.computeIfAbsent(peer.name(), _ -> new Requests());
    long mine = requests.last.incrementAndGet();
    turn.lockInterruptibly();
    try {
      if (requests.served >= mine) {
        return;
      }
      long all = requests.last.get();
      long removed = peer.node().collectGarbage(Deadline.after(limit));
      requests.served = all;
      LOG.info("{} blocks that no pin reached were removed from {}", removed, peer.name());
    } finally {
      turn.unlock();
    }
  }
}
