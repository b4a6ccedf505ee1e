package dev.longshore.pinner;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.kubo.Fault;
import dev.longshore.ipfs.kubo.KuboException;
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
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes off peers what is to go: an image that nobody may have any longer off all, copies that move
 * to others off one. That it goes is recorded before a pin does. A forgotten image counts as gone
 * from a peer that was asked for its root after a collection.
 */
final class Release {
  /**
   * Age of the record at which no pin is taken off by it: another pinner may hold the partition by
   * then, and want the image again.
   */
  static final Duration FRESH = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(Release.class);
  private final Peers peers;
  private final String pinPrefix;
  private final Collector collector;
  private final PinLimits limits;
  private final Endpoints endpoints;
  private final InstantSource clock;

  /**
   * @param pinPrefix how the names of this installation's pins begin: no other is removed
   */
  Release(
      Peers peers,
      String pinPrefix,
      Collector collector,
      PinLimits limits,
      Endpoints endpoints,
      InstantSource clock) {
    this.peers = peers;
    this.pinPrefix = pinPrefix;
    this.collector = collector;
    this.limits = limits;
    this.endpoints = endpoints;
    this.clock = clock;
  }

  /**
   * Goes as far as the peers allow that answer.
   *
   * @param doubted peers that may have it though it was found gone from them
   */
  void release(Cid dag, Copies copies, Collection<PeerName> doubted, Progress progress)
      throws InterruptedException {
    copies.release(doubted);
    List<Peer> others = copies.ingestReleased() ? List.of() : others(copies);
    Set<Peer> gone = new HashSet<>();
    @Nullable Instant recorded = null;
    for (Peer peer : toAsk(copies, others)) {
      if (recorded == null || !isFresh(recorded)) {
        recorded = record(copies, progress);
      }
      if (takeOff(dag, peer, copies)) {
        gone.add(peer);
      }
    }
    if (!copies.ingestReleased() && gone.containsAll(others)) {
      warnOfUnknownIngest(dag, copies);
      copies.releasedIngest();
    }
    copies.endRelease();
  }

  /** When it was not recorded yet. */
  private Instant record(Copies copies, Progress progress) throws InterruptedException {
    Instant before = clock.instant();
    copies.commitRelease();
    progress.publish(copies.takeChanges());
    return before;
  }

  /** Takes copies off peers that are to have none, once enough others say that they have one. */
  void move(Cid dag, Copies copies, Progress progress) throws InterruptedException {
    for (Peer peer : copies.moving()) {
      if (copies.missing() > 0 || !endpoints.isOpen(peer.endpoint())) {
        continue;
      }
      copies.set(peer, new CopyEvent.ReleaseWanted());
      Instant recorded = record(copies, progress);
      if (enoughAnswer(dag, copies) && isFresh(recorded)) {
        unpin(dag, peer, copies);
      }
    }
  }

  private boolean enoughAnswer(Cid dag, Copies copies) throws InterruptedException {
    int answered = 0;
    for (Peer peer : copies.staying()) {
      try {
        if (endpoints.isOpen(peer.endpoint())
            && peer.node().isPinned(dag, Deadline.after(limits.call()))) {
          answered++;
        }
      } catch (KuboException e) {
        stopIfCancelled(e);
        LOG.debug("{} does not say whether it has {}: {}", peer.name(), dag, e.getMessage());
      }
    }
    return answered >= copies.wanted();
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

  private List<Peer> toAsk(Copies copies, List<Peer> others) {
    return Stream.concat(copies.leaving().stream(), others.stream())
        .distinct()
        .filter(peer -> endpoints.isOpen(peer.endpoint()))
        .toList();
  }

  /** The peer that took it in, and those that may have before: no record says where it was. */
  private List<Peer> others(Copies copies) {
    return Stream.concat(ingest(copies), peers.others().stream()).distinct().toList();
  }

  private Stream<Peer> ingest(Copies copies) {
    PeerName name = copies.ingestPeer();
    return name == null ? Stream.empty() : peers.find(name).stream();
  }

  private void warnOfUnknownIngest(Cid dag, Copies copies) {
    PeerName name = copies.ingestPeer();
    if (name != null && peers.find(name).isEmpty()) {
      LOG.warn(
          "{} was taken in by peer {}, which is no longer configured; look for it there",
          dag,
          name);
    }
  }

  /** Whether it is gone. */
  private boolean takeOff(Cid dag, Peer peer, Copies copies) throws InterruptedException {
    try {
      String left = takeOff(dag, peer);
      if (left.isEmpty()) {
        if (peer.keeps()) {
          copies.set(peer, new CopyEvent.Unpinned());
        }
        return true;
      }
      LOG.warn(left);
      fail(peer, left, copies);
    } catch (KuboException e) {
      failed(dag, peer, e, copies);
    }
    return false;
  }

  private void failed(Cid dag, Peer peer, KuboException e, Copies copies)
      throws InterruptedException {
    stopIfCancelled(e);
    endpoints.failed(peer.endpoint(), String.valueOf(e.getMessage()), null);
    LOG.warn("{} is not taken off {} yet: {}", dag, peer.name(), e.getMessage());
    fail(peer, String.valueOf(e.getMessage()), copies);
  }

  private static void stopIfCancelled(KuboException e) throws InterruptedException {
    if (e.fault() == Fault.CANCELLED) {
      throw new InterruptedException(e.getMessage());
    }
  }

  private static void fail(Peer peer, String error, Copies copies) {
    if (peer.keeps()) {
      copies.failRelease(peer, error);
    }
  }

  /** Why it is still there; empty if it is gone. */
  private String takeOff(Cid dag, Peer peer) throws KuboException, InterruptedException {
    boolean removed = peer.node().unpin(dag, pinPrefix, Deadline.after(limits.call()));
    if (!removed && peer.node().isPinned(dag, Deadline.after(limits.call()))) {
      return "%s stays on %s, where a pin of somebody else holds it: remove that with ipfs pin rm"
          .formatted(dag, peer.name());
    }
    if (!removed && !peer.node().holds(dag, Deadline.after(limits.call()))) {
      return "";
    }
    collector.collect(peer);
    return peer.node().holds(dag, Deadline.after(limits.call()))
        ? "%s is on %s after a collection of its garbage too: a pin of something larger holds it"
            .formatted(dag, peer.name())
        : "";
  }
}
