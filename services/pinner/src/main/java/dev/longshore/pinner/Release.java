package dev.longshore.pinner;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.service.endpoint.Endpoints;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes images from peers: an unwanted image from all, a moved copy from one. The release is
 * recorded before a pin goes. A forgotten image counts as gone from a peer if the peer lacks its
 * root after a collection, any other once its pin is gone.
 */
final class Release {
  /**
   * Age from which a record no longer justifies the removal of a pin: another pinner may hold the
   * partition by then, and want the image again.
   */
  static final Duration FRESH = Duration.ofSeconds(10);

  /** The fate of the blocks on a peer. */
  enum Blocks {
    /** They must be gone when the release is done. */
    GO,
    /** They become garbage, which is collected when the peer needs room. */
    STAY
  }

  private static final Logger LOG = LoggerFactory.getLogger(Release.class);
  private final Peers peers;
  private final String pinPrefix;
  private final Copier copier;
  private final Collector collector;
  private final PinLimits limits;
  private final Endpoints endpoints;
  private final InstantSource clock;

  /**
   * @param pinPrefix prefix of this installation's pin names: no other pin is removed
   */
  Release(
      Peers peers,
      String pinPrefix,
      Copier copier,
      Collector collector,
      PinLimits limits,
      Endpoints endpoints,
      InstantSource clock) {
    this.peers = peers;
    this.pinPrefix = pinPrefix;
    this.copier = copier;
    this.collector = collector;
    this.limits = limits;
    this.endpoints = endpoints;
    this.clock = clock;
  }

  /**
   * Removes the image from all peers that answer.
   *
   * @param doubted peers that may have it although it was found gone there
   * @param stillUnwanted asked before each peer, since a collection takes time
   */
  void release(
      Cid dag,
      Copies copies,
      Collection<PeerName> doubted,
      BooleanSupplier stillUnwanted,
      Blocks blocks,
      Progress progress)
      throws InterruptedException {
    copies.release(doubted);
    List<Peer> ingest = copies.ingestReleased() ? List.of() : ingestPeers(dag, copies);
    Set<Peer> left = new HashSet<>(ingest);
    @Nullable Instant recorded = null;
    for (Peer peer : toAsk(copies, ingest)) {
      if (!stillUnwanted.getAsBoolean()) {
        return;
      }
      if (recorded == null || !isFresh(recorded)) {
        recorded = record(copies, progress);
      }
      if (takeOff(dag, peer, blocks, copies)) {
        left.remove(peer);
      }
    }
    if (left.isEmpty()) {
      copies.releasedIngest();
    }
    copies.endRelease();
  }

  /** Records the release, if that was not done yet. */
  private Instant record(Copies copies, Progress progress) throws InterruptedException {
    Instant before = clock.instant();
    copies.commitRelease();
    progress.publish(copies.takeChanges());
    return before;
  }

  /** Peers that converters write to: former ones may have it as well. */
  private List<Peer> ingestPeers(Cid dag, Copies copies) {
    PeerName name = copies.ingestPeer();
    if (name != null && peers.find(name).isEmpty()) {
      LOG.warn("{} was written to {}, which is no longer configured; look for it there", dag, name);
    }
    return peers.all().stream().filter(peer -> !peer.keeps() || peer.name().equals(name)).toList();
  }

  private List<Peer> toAsk(Copies copies, List<Peer> ingest) {
    return Stream.concat(copies.leaving().stream(), ingest.stream())
        .distinct()
        .filter(peer -> endpoints.isOpen(peer.endpoint()) && !copies.tries().mustWait(peer))
        .toList();
  }

  /** Removes copies from peers that should have none, once enough others have every block. */
  void move(Cid dag, Copies copies, Progress progress) throws InterruptedException {
    List<Peer> moving =
        copies.moves().moving().stream().filter(peer -> endpoints.isOpen(peer.endpoint())).toList();
    if (moving.isEmpty() || copies.missing() > 0 || !enoughHaveEveryBlock(dag, copies)) {
      return;
    }
    for (Peer peer : moving) {
      Instant asked = clock.instant();
      if (enoughArePinned(dag, copies)) {
        Instant recorded = clock.instant();
        copies.set(peer, new CopyEvent.ReleaseWanted());
        copies.set(peer, new CopyEvent.ReleaseCommitted());
        progress.publish(copies.takeChanges());
        if (isFresh(asked) && isFresh(recorded)) {
          unpin(dag, peer, copies);
        }
      }
    }
  }

  /** A copy that lacks a block is recorded, and so replaced before anything is removed. */
  private boolean enoughHaveEveryBlock(Cid dag, Copies copies) throws InterruptedException {
    int whole = 0;
    for (Peer peer : copies.moves().staying()) {
      Optional<CopyEvent> found =
          endpoints.isOpen(peer.endpoint()) ? copier.look(dag, peer) : Optional.empty();
      found.ifPresent(event -> copies.set(peer, event));
      whole += found.filter(CopyEvent.Confirmed.class::isInstance).isPresent() ? 1 : 0;
    }
    return whole >= copies.wanted();
  }

  private boolean enoughArePinned(Cid dag, Copies copies) throws InterruptedException {
    return arePinned(dag, copies.moves().staying(), copies.wanted());
  }

  /** Whether at least this many of the holders confirm their pin. */
  boolean arePinned(Cid dag, List<Peer> holders, int least) throws InterruptedException {
    int pinned = 0;
    for (Peer peer : holders) {
      try {
        pinned += peer.node().isPinned(dag, Deadline.after(limits.call())) ? 1 : 0;
      } catch (KuboException e) {
        stopIfCancelled(e);
        LOG.debug("{} does not say whether it has {}: {}", peer.name(), dag, e.getMessage());
      }
    }
    return pinned >= least;
  }

  private void unpin(Cid dag, Peer peer, Copies copies) throws InterruptedException {
    try {
      var _ = peer.node().unpin(dag, pinPrefix, Deadline.after(limits.call()));
      copies.set(peer, new CopyEvent.Unpinned());
    } catch (KuboException e) {
      failed(dag, peer, e, copies);
    }
  }

  private boolean isFresh(Instant recorded) {
    return clock.instant().isBefore(recorded.plus(FRESH));
  }

  /** Removes it from a peer; returns whether it is gone. */
  private boolean takeOff(Cid dag, Peer peer, Blocks blocks, Copies copies)
      throws InterruptedException {
    try {
      Optional<String> obstacle =
          switch (blocks) {
            case GO -> obstacle(dag, peer, copies);
            case STAY -> {
              // Another owner's pin stays.
              var _ = peer.node().unpin(dag, pinPrefix, Deadline.after(limits.call()));
              yield Optional.empty();
            }
          };
      if (obstacle.isPresent()) {
        LOG.warn("{}", obstacle.get());
        fail(peer, obstacle.get(), copies);
        return false;
      }
      if (peer.keeps()) {
        copies.set(peer, new CopyEvent.Unpinned());
      }
      return true;
    } catch (KuboException e) {
      failed(dag, peer, e, copies);
      return false;
    }
  }

  /** Why it is still there. */
  private Optional<String> obstacle(Cid dag, Peer peer, Copies copies)
      throws KuboException, InterruptedException {
    boolean removed = peer.node().unpin(dag, pinPrefix, Deadline.after(limits.call()));
    if (!removed && peer.node().isPinned(dag, Deadline.after(limits.call()))) {
      return Optional.of(
          "%s stays on %s, where a pin of somebody else holds it: remove that with ipfs pin rm"
              .formatted(dag, peer.name()));
    }
    // An aborted collection may have removed only the root.
    boolean mayHaveBlocks =
        removed
            || (copies.of(peer) instanceof Copy.Releasing(long bytes, var _) && bytes > 0)
            || peer.name().equals(copies.ingestPeer())
            || peer.node().holds(dag, Deadline.after(limits.call()))
            || collector.holdsForgotten(peer);
    if (!mayHaveBlocks) {
      return Optional.empty();
    }
    Optional<String> objection = collector.collect(peer, dag, removed);
    if (objection.isPresent()) {
      return objection.map(why -> "blocks of %s stay on %s: %s".formatted(dag, peer.name(), why));
    }
    return peer.node().holds(dag, Deadline.after(limits.call()))
        ? Optional.of(
            "%s is on %s after a collection of its garbage too: a pin of something larger holds it"
                .formatted(dag, peer.name()))
        : Optional.empty();
  }

  private void failed(Cid dag, Peer peer, KuboException e, Copies copies)
      throws InterruptedException {
    stopIfCancelled(e);
    endpoints.failed(peer.endpoint(), String.valueOf(e.getMessage()), null);
    LOG.warn("{} is not taken off {} yet: {}", dag, peer.name(), e.getMessage());
    fail(peer, String.valueOf(e.getMessage()), copies);
  }

  private static void fail(Peer peer, String error, Copies copies) {
    if (peer.keeps()) {
      copies.set(peer, new CopyEvent.ReleaseFailed(error));
    }
  }

  private static void stopIfCancelled(KuboException e) throws InterruptedException {
    if (e.fault() == Fault.CANCELLED) {
      throw new InterruptedException(e.getMessage());
    }
  }
}
