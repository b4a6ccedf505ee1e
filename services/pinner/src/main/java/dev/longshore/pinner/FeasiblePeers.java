package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.pinner.CopyEvent.TryFailed;
import dev.longshore.runtime.service.endpoint.Endpoints;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Peers that can take a copy now: they answer, have room, and are not held by an operator. */
final class FeasiblePeers {
  private final Catalog catalog;
  private final Peers peers;
  private final PeerDecisions decisions;
  private final LostPeers losses;
  private final FullPeers storage;
  private final PeerSpace room;
  private final Endpoints endpoints;

  FeasiblePeers(
      Catalog catalog,
      Peers peers,
      PeerDecisions decisions,
      LostPeers losses,
      FullPeers storage,
      PeerSpace room,
      Endpoints endpoints) {
    this.catalog = catalog;
    this.peers = peers;
    this.decisions = decisions;
    this.losses = losses;
    this.storage = storage;
    this.room = room;
    this.endpoints = endpoints;
  }

  /** Whether it answers, and its copies do not count as lost. */
  boolean isUsable(Peer peer) {
    return endpoints.isOpen(peer.endpoint()) && !losses.isLost(peer);
  }

  boolean isAway(@Nullable PeerName peer) {
    return peer != null
        && peers.find(peer).filter(p -> !endpoints.isOpen(p.endpoint())).isPresent();
  }

  /** Those that answer. */
  List<Peer> open(List<Peer> some) {
    return some.stream()
        .filter(peer -> endpoints.isOpen(peer.endpoint()))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  /** Whether a peer that answers has it, or the converter's pin still holds it. */
  boolean isHeldHere(Copies copies) {
    return !open(copies.ingestReleased() ? copies.holders() : copies.sources()).isEmpty();
  }

  /**
   * Names of peers that can take no copy now.
   *
   * @param tried names of peers not to try now
   */
  Set<PeerName> infeasible(Cid dag, Copies copies, Set<PeerName> tried)
      throws InterruptedException {
    Set<PeerName> infeasible = new HashSet<>(tried);
    Set<PeerName> unwilling = new HashSet<>(decisions.onHold());
    unwilling.addAll(decisions.draining());
    for (Peer peer : peers.keepers()) {
      if (unwilling.contains(peer.name())
          || !endpoints.isOpen(peer.endpoint())
          || !copies.mayBeMade(peer)
          || losses.isLost(peer)
          || storage.isFull(peer)
          || !room.fits(peer, bytes(dag, peer, copies))) {
        infeasible.add(peer.name());
      }
    }
    return infeasible;
  }

  /** Bytes a copy may add to the peer: the image's, unless the converter wrote it there. */
  long bytes(Cid dag, Peer peer, Copies copies) {
    boolean isThere = !copies.ingestReleased() && peer.name().equals(copies.ingestPeer());
    return isThere
        ? 0
        : catalog
            .conversions()
            .firstByDag(new ImageDag(dag))
            .map(ImageState::bytes)
            .orElse(copies.announcedBytes());
  }

  /** Records for each skipped peer that it has no room, as the reason for a missing copy. */
  void recordNoRoom(Cid dag, Copies copies, Set<PeerName> tried) throws InterruptedException {
    if (copies.missing() == 0) {
      return;
    }
    List<Peer> others = open(peers.keepers());
    others.removeIf(peer -> !copies.mayBeMade(peer) || tried.contains(peer.name()));
    for (Peer peer : others) {
      long bytes = bytes(dag, peer, copies);
      if (!room.fits(peer, bytes)) {
        copies.set(peer, new TryFailed(room.objection(peer, bytes), false));
      } else {
        storage.trouble(peer).ifPresent(full -> copies.set(peer, new TryFailed(full, false)));
      }
    }
  }
}
