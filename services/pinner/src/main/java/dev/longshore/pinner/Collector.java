package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.MalformedCidException;
import dev.longshore.model.PeerName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects garbage on one peer at a time in this process, since it stalls the peer's writes, and
 * never where garbage may be all that is left of a wanted image. One collection serves every
 * request made before it began.
 */
final class Collector {
  private static final Logger LOG = LoggerFactory.getLogger(Collector.class);
  private static final int PAGE = 500;
  private final Map<PeerName, Requests> peers = new ConcurrentHashMap<>();
  private final ReentrantLock turn = new ReentrantLock();
  private final Catalog catalog;
  private final String pinPrefix;
  private final PinLimits limits;

  /** Requests for one peer, by number; only the holder of the turn uses {@code served}. */
  private static final class Requests {
    private final AtomicLong last = new AtomicLong();
    private long served;
  }

  /** A collection may take as long as a check of all blocks. */
  Collector(Catalog catalog, String pinPrefix, PinLimits limits) {
    this.catalog = catalog;
    this.pinPrefix = pinPrefix;
    this.limits = limits;
  }

  /** Waits for a collection that begins after this call; returns the reason if there is none. */
  Optional<String> collect(Peer peer) throws InterruptedException {
    Requests requests = peers.computeIfAbsent(peer.name(), _ -> new Requests());
    long mine = requests.last.incrementAndGet();
    turn.lockInterruptibly();
    try {
      if (requests.served >= mine) {
        return Optional.empty();
      }
      long all = requests.last.get();
      Optional<String> objection = objection(peer).or(() -> rot(peer));
      if (objection.isEmpty()) {
        Duration limit = limits.verification();
        long removed = peer.node().collectGarbage(Deadline.after(limit));
        requests.served = all;
        LOG.info("{} blocks that no pin reached were removed from {}", removed, peer.name());
      }
      return objection;
    } catch (KuboException e) {
      if (e.fault() == Fault.CANCELLED) {
        throw new InterruptedException(e.getMessage());
      }
      return Optional.of("its garbage could not be collected: " + e.getMessage());
    } finally {
      turn.unlock();
    }
  }

  /** Corrupt blocks are recorded before any pin is removed for them, possibly during the check. */
  private Optional<String> rot(Peer peer) {
    return catalog
        .peers()
        .of(peer.name())
        .filter(state -> !state.unmended().isEmpty())
        .map(_ -> "a collection waits until what rotted there is mended");
  }

  /** An image that would lose blocks needed to repair it. */
  private Optional<String> objection(Peer peer) throws KuboException {
    PinSet pins =
        PinSet.of(peer.node(), pinPrefix, (_, _) -> false, Deadline.after(limits.verification()));
    @Nullable ImageDag after = null;
    List<PinState> page;
    do {
      page = catalog.pins().page(after, PAGE);
      List<CopiesState> copies = catalog.copies().of(page);
      for (int i = 0; i < page.size(); i++) {
        if (needsGarbage(peer, pins, page.get(i), copies.get(i))) {
          return Optional.of(
              "a collection waits until the copies of %s are mended"
                  .formatted(page.get(i).imageDag()));
        }
      }
      after = page.isEmpty() ? null : page.getLast().imageDag();
    } while (page.size() == PAGE);
    return Optional.empty();
  }

  private boolean needsGarbage(Peer peer, PinSet pins, PinState pin, CopiesState copies)
      throws KuboException {
    PinPhase phase = PinRecord.phase(pin);
    if (phase == PinPhase.RELEASING || phase == PinPhase.GONE) {
      return false;
    }
    if (isIn(CopyPhase.MENDING, peer, copies)) {
      return true; // its pin is off for a while
    }
    boolean hasIt = isIn(CopyPhase.VERIFIED, peer, copies);
    boolean tookIt = !pin.ingestReleased() && peer.name().equals(pin.ingestPeer());
    boolean nobodyHasIt = pin.verified() == 0 && pin.wanted() > 0;
    if (!hasIt && !tookIt && !nobodyHasIt) {
      return false;
    }
    try {
      Cid dag = pin.imageDag().cid();
      return !pins.contains(dag)
          && (hasIt || tookIt || peer.node().holds(dag, Deadline.after(limits.call())));
    } catch (MalformedCidException e) {
      LOG.debug("a record of copies is passed over: {}", e.getMessage());
      return false;
    }
  }

  private static boolean isIn(CopyPhase phase, Peer peer, CopiesState copies) {
    return copies.copies().stream()
        .anyMatch(copy -> copy.peer().equals(peer.name()) && copy.state() == phase);
  }
}
