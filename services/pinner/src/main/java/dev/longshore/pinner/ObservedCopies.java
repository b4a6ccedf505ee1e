package dev.longshore.pinner;

import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.service.endpoint.Endpoints;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Checks what peers have of an image, and updates its record. */
final class ObservedCopies {
  private final Peers peers;
  private final Copier copier;
  private final RottenParts rotten;
  private final LostPeers losses;
  private final FeasiblePeers feasible;
  private final CopyPlacement placement;
  private final Endpoints endpoints;

  ObservedCopies(
      Peers peers,
      Copier copier,
      RottenParts rotten,
      LostPeers losses,
      FeasiblePeers feasible,
      CopyPlacement placement,
      Endpoints endpoints) {
    this.peers = peers;
    this.copier = copier;
    this.rotten = rotten;
    this.losses = losses;
    this.feasible = feasible;
    this.placement = placement;
    this.endpoints = endpoints;
  }

  /**
   * Checks the peers that answer.
   *
   * @param doubted names of peers whose copies are verified in full; of others only the pin
   */
  void record(Cid dag, Copies copies, Set<PeerName> doubted) throws InterruptedException {
    heedRot(dag, copies);
    for (Peer peer : feasible.open(copies.verified())) {
      if (doubted.contains(peer.name())) {
        copier.look(dag, peer).ifPresent(found -> copies.set(peer, found));
      } else if (!copier.stillPinned(dag, peer)) {
        copies.set(peer, CopyEvent.Missing.PIN);
      }
    }
    List<Peer> lost = losses.among(copies.verified());
    if (!losses.guardStops() || placement.canBeMade(dag, copies)) {
      lost.forEach(peer -> copies.set(peer, losses.reason(peer)));
    }
    takeBack(dag, copies, doubted);
  }

  /** Records corrupt copies; {@link BlockRepair} waits for that record. */
  private void heedRot(Cid dag, Copies copies) throws InterruptedException {
    ImageDag image = new ImageDag(dag);
    for (Peer peer : copies.tried()) {
      Optional<CopyEvent.Rotten> rot = rotten.trouble(peer.name(), image);
      if (rot.isPresent()) {
        copies.set(peer, rot.get());
      } else if (copies.isMending(peer)
          && rotten.isWhole(peer.name(), image)
          && endpoints.isOpen(peer.endpoint())) {
        copier.look(dag, peer).ifPresent(found -> copies.mended(peer, found));
      }
    }
  }

  /** Records copies found on doubted peers without a counted one. */
  private void takeBack(Cid dag, Copies copies, Set<PeerName> doubted) throws InterruptedException {
    List<Peer> others = feasible.open(peers.keepers());
    others.removeAll(copies.holders());
    others.removeIf(losses::isLost);
    for (Peer peer : others) {
      if (doubted.contains(peer.name()) || (copies.isSurplus(peer) && copies.missing() > 0)) {
        copier.look(dag, peer).ifPresent(found -> copies.found(peer, found));
      }
    }
  }
}
