package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Converted;
import dev.longshore.events.ImageState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.model.RepositoryName;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.service.endpoint.Endpoints;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the converter's pin from the ingest peer once enough copies are verified on peers that
 * answer. A peer that keeps copies itself keeps this one, and it counts.
 *
 * <p>The pin goes before the record says so: a crash between the two repeats a removal that finds
 * nothing, instead of leaving a pin that nobody knows of.
 */
final class IngestRelease {
  private static final Logger LOG = LoggerFactory.getLogger(IngestRelease.class);
  private final Catalog catalog;
  private final Peers peers;
  private final Rules rules;
  private final String pinPrefix;
  private final PinLimits limits;
  private final Endpoints endpoints;

  /**
   * @param pinPrefix prefix of this installation's pin names: no other pin is removed
   */
  IngestRelease(
      Catalog catalog,
      Peers peers,
      Rules rules,
      String pinPrefix,
      PinLimits limits,
      Endpoints endpoints) {
    this.pinPrefix = pinPrefix;
    this.catalog = catalog;
    this.peers = peers;
    this.rules = rules;
    this.limits = limits;
    this.endpoints = endpoints;
  }

  /**
   * Removes it as soon as allowed.
   *
   * @param doubted names of peers that may have an unrecorded pin, which is removed as well where
   *     no copies are kept: a conversion ended there that was repeated at another ingest peer
   */
  void release(Cid dag, @Nullable Converted converted, Copies copies, Collection<PeerName> doubted)
      throws InterruptedException {
    // It may be the only reachable copy while the others are away.
    long there =
        copies.verified().stream().filter(peer -> endpoints.isOpen(peer.endpoint())).count();
    boolean enough = there >= enough(dag, converted, copies);
    for (Peer peer : peers.others()) {
      boolean isHeld = !copies.ingestReleased() && peer.name().equals(copies.ingestPeer());
      if (doubted.contains(peer.name()) && !isHeld && enough) {
        var _ = unpin(dag, peer);
      }
    }
    release(dag, copies, enough);
  }

  private void release(Cid dag, Copies copies, boolean enough) throws InterruptedException {
    PeerName name = copies.ingestPeer();
    if (name == null || copies.ingestReleased()) {
      return;
    }
    Optional<Peer> ingest = peers.find(name);
    if (ingest.isEmpty()) {
      LOG.warn(
          "{} was taken in by peer {}, which is no longer configured; its pin there stays",
          dag,
          name);
      copies.releasedIngest();
      return;
    }
    Peer peer = ingest.get();
    if (copies.verified().contains(peer)) {
      copies.releasedIngest();
    } else if (enough && unpin(dag, peer)) {
      copies.releasedIngest();
    }
  }

  /** The number by the strictest rule among the image's names and the current event. */
  private int enough(Cid dag, @Nullable Converted converted, Copies copies) {
    IntStream.Builder rules = IntStream.builder();
    if (converted != null) {
      rules.add(minCopies(converted.name(), converted.selector()));
    }
    for (ImageState known : catalog.conversions().byDag(new ImageDag(dag))) {
      rules.add(minCopies(known.name(), known.digest().toString()));
      catalog.tags().withDigest(known.digest()).stream()
          .filter(name -> !name.deleted())
          .forEach(name -> rules.add(minCopies(name.name(), name.selector())));
    }
    return Math.min(rules.build().max().orElse(copies.wanted()), copies.wanted());
  }

  private int minCopies(RepositoryName name, String selector) {
    return rules.firstMatch(name, selector).settings().minCopies();
  }

  private boolean unpin(Cid dag, Peer peer) throws InterruptedException {
    if (!endpoints.isOpen(peer.endpoint())) {
      return false;
    }
    try {
      boolean removed = peer.node().unpin(dag, pinPrefix, Deadline.after(limits.call()));
      LOG.debug("ingest pin of {} on {} {}", dag, peer.name(), removed ? "removed" : "was gone");
      return true;
    } catch (KuboException e) {
      if (e.fault() == Fault.CANCELLED) {
        throw new InterruptedException(e.getMessage());
      }
      endpoints.failed(peer.endpoint(), String.valueOf(e.getMessage()), null);
      LOG.warn("ingest pin could not be removed, it will be tried again: {}", e.getMessage());
      return false;
    }
  }
}
