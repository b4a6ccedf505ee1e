package dev.longshore.pinner;

import dev.longshore.events.Converted;
import dev.longshore.ipfs.Cid;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.kubo.Fault;
import dev.longshore.ipfs.kubo.KuboException;
import dev.longshore.runtime.config.Rules;
import dev.longshore.runtime.endpoint.Endpoints;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives back the pin that the converter took on the ingest peer, once enough copies are verified. A
 * peer that keeps copies itself keeps this one, and it counts.
 *
 * <p>The pin goes before the record says so: a crash between the two repeats a removal that finds
 * nothing, instead of leaving a pin that nobody knows of.
 */
final class IngestRelease {
  private static final Logger LOG = LoggerFactory.getLogger(IngestRelease.class);
  private final Peers peers;
  private final Rules rules;
  private final PinLimits limits;
  private final Endpoints endpoints;

  IngestRelease(Peers peers, Rules rules, PinLimits limits, Endpoints endpoints) {
    this.peers = peers;
    this.rules = rules;
    this.limits = limits;
    this.endpoints = endpoints;
  }

  void release(Cid dag, @Nullable Converted converted, Copies copies) throws InterruptedException {
    if (copies.ingestReleased()) {
      return;
    }
    Optional<Peer> ingest = peers.find(copies.ingestPeer());
    if (ingest.isEmpty()) {
      LOG.warn(
          "{} was taken in by peer {}, which is no longer configured; its pin there stays",
          dag,
          copies.ingestPeer());
      copies.releasedIngest();
      return;
    }
    Peer peer = ingest.get();
    if (copies.verified().contains(peer)) {
      copies.releasedIngest();
    } else if (copies.verified().size() >= enough(converted, copies) && unpin(dag, peer)) {
      copies.releasedIngest();
    }
  }

  private int enough(@Nullable Converted converted, Copies copies) {
    if (converted == null) {
      return copies.wanted();
    }
    String tag = converted.tag() == null ? converted.digest() : converted.tag();
    int min =
        rules.firstMatch(converted.registry(), converted.repository(), tag).settings().minCopies();
    return Math.min(min, copies.wanted());
  }

  private boolean unpin(Cid dag, Peer peer) throws InterruptedException {
    if (!endpoints.isOpen(peer.endpoint())) {
      return false;
    }
    try {
      boolean removed = peer.node().unpin(dag, Deadline.after(limits.call()));
      LOG.debug("ingest pin of {} on {} {}", dag, peer.name(), removed ? "removed" : "was gone");
      return true;
    } catch (KuboException e) {
      if (e.fault() == Fault.CANCELLED) {
        throw new InterruptedException(e.getMessage());
      }
      LOG.warn("ingest pin could not be removed, it will be tried again: {}", e.getMessage());
      return false;
    }
  }
}
