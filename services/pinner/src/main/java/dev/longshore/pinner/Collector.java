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
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects garbage on one peer at a time, since it stalls the peer's writes, and never where
 * garbage may be all that is left of a wanted image. Of several pinners, one collects, and others
 * leave it {@link CollectionRequests}. One collection serves every request made before it began.
 */
final class Collector {
  private static final Logger LOG = LoggerFactory.getLogger(Collector.class);
  private static final int PAGE = 500;
  private final Map<PeerName, Requests> peers = new ConcurrentHashMap<>();
  private final ReentrantLock turn = new ReentrantLock();
  private final Catalog catalog;
  private final String pinPrefix;
  private final PinLimits limits;
  private final HeldNodes nodes;
  private final ForgottenHolds forgotten;
  private final CollectionRequests requested;
  private volatile BooleanSupplier mayCollect = () -> false;

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
    this.nodes = new HeldNodes(limits);
    this.forgotten = new ForgottenHolds(catalog, pinPrefix, limits);
    this.requested = new CollectionRequests(pinPrefix, limits);
  }

  /**
   * Sets whether this pinner is the one that collects; until then it is not.
   *
   * @param collects asked before each collection and during it
   */
  void heed(BooleanSupplier collects) {
    mayCollect = collects;
  }

  /**
   * Has the garbage of a forgotten image collected, by this pinner or by another.
   *
   * @param anew whether a collection that was requested before does not count
   * @return what is waited for; empty once a collection that began after the request has ended
   */
  Optional<String> collect(Peer peer, Cid dag, boolean anew)
      throws KuboException, InterruptedException {
    if (mayCollect.getAsBoolean()) {
      return collect(peer);
    }
    return requested.isServed(peer, dag, anew)
        ? Optional.empty()
        : Optional.of("the pinner that collects garbage has not collected it yet");
  }

  /** Whether conversions of forgotten images hold blocks there. */
  boolean holdsForgotten(Peer peer) throws KuboException {
    return holdsForgotten(peer, pins(peer));
  }

  /** The same, by its pins as they were just listed. */
  boolean holdsForgotten(Peer peer, PinSet pins) throws KuboException {
    return !forgotten.among(nodes.names(peer, pins)).isEmpty();
  }

  /**
   * Collects if that is requested there, or conversions of forgotten images hold blocks.
   *
   * @return why it does not, though it is asked to
   */
  Optional<String> collectIfAsked(Peer peer) throws KuboException, InterruptedException {
    Map<Cid, String> names = nodes.names(peer, pins(peer));
    return requested.among(names).isEmpty() && forgotten.among(names).isEmpty()
        ? Optional.empty()
        : collect(peer);
  }

  private PinSet pins(Peer peer) throws KuboException {
    return PinSet.of(
        peer.node(), pinPrefix, (_, _) -> false, Deadline.after(limits.verification()));
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
      PinSet pins = pins(peer);
      Optional<String> objection = objection(peer, pins).or(() -> rot(peer)).or(this::lostTurn);
      if (objection.isEmpty()) {
        collectNow(peer, nodes.names(peer, pins));
        requests.served = all;
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

  private void collectNow(Peer peer, Map<Cid, String> names) throws KuboException {
    Set<Cid> asked = new HashSet<>(requested.among(names));
    Set<Cid> held = forgotten.among(names);
    if (!held.isEmpty()) {
      asked.add(requested.request(peer)); // should this process end before the collection does
      forgotten.end(peer, held);
    }
    long removed = peer.node().collectGarbage(whileMine(limits.verification()));
    LOG.info("{} blocks that no pin reached were removed from {}", removed, peer.name());
    requested.served(peer, asked);
  }

  /** Ends early once another pinner may collect at another peer. */
  private Deadline whileMine(Duration limit) {
    InstantSource system = InstantSource.system();
    Instant end = system.instant().plus(limit);
    return new Deadline(() -> mayCollect.getAsBoolean() ? system.instant() : end, end);
  }

  private Optional<String> lostTurn() {
    return mayCollect.getAsBoolean()
        ? Optional.empty()
        : Optional.of("another pinner collects garbage from now on");
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
  private Optional<String> objection(Peer peer, PinSet pins) throws KuboException {
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
