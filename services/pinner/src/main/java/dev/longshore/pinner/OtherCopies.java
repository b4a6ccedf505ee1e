package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.PinState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.ImageDag;
import dev.longshore.runtime.service.endpoint.Endpoints;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Copies of images elsewhere than at the peer that is to lose its pins for a moment. */
final class OtherCopies {
  private final Catalog catalog;
  private final Peers peers;
  private final PinLimits limits;
  private final Endpoints endpoints;

  OtherCopies(Catalog catalog, Peers peers, PinLimits limits, Endpoints endpoints) {
    this.catalog = catalog;
    this.peers = peers;
    this.limits = limits;
    this.endpoints = endpoints;
  }

  /** Whether an image has too few of them. */
  Optional<RepairObstacle> tooFew(Peer but, Set<ImageDag> images) throws KuboException {
    for (ImageDag dag : images) {
      Optional<RepairObstacle> obstacle = tooFew(but, dag);
      if (obstacle.isPresent()) {
        return obstacle;
      }
    }
    return Optional.empty();
  }

  /**
   * Checks each other copy now: recorded ones may be gone. If all remaining copies need mending,
   * the peer with the first name is mended from the others, which wait.
   */
  private Optional<RepairObstacle> tooFew(Peer peer, ImageDag dag) throws KuboException {
    Optional<PinState> pin = catalog.pins().of(dag);
    int wanted = pin.map(PinState::wanted).orElse(1);
    int least =
        Math.max(1, pin.map(PinState::min).map(min -> Math.min(min, wanted)).orElse(wanted));
    List<CopiesState.Copy> copies = catalog.copies().of(dag).copies();
    int whole = pinned(CopyPhase.VERIFIED, peer, dag, copies);
    int mending = pinned(CopyPhase.MENDING, peer, dag, copies);
    boolean isFirst =
        copies.stream()
            .filter(copy -> copy.state() == CopyPhase.MENDING)
            .noneMatch(copy -> copy.peer().text().compareTo(peer.name().text()) < 0);
    return whole >= least || (isFirst && mending > 0 && whole + mending >= least)
        ? Optional.empty()
        : RepairObstacle.passing(
            "without this one %s has %d copies that answer, of at least %d; it waits for others, or for another peer"
                .formatted(dag, whole, least));
  }

  private int pinned(CopyPhase state, Peer but, ImageDag dag, List<CopiesState.Copy> copies)
      throws KuboException {
    int pinned = 0;
    for (CopiesState.Copy copy : copies) {
      Optional<Peer> peer = peers.find(copy.peer()).filter(p -> p.keeps() && !p.equals(but));
      if (copy.state() == state && peer.isPresent() && endpoints.isOpen(peer.get().endpoint())) {
        pinned += peer.get().node().isPinned(dag.cid(), soon()) ? 1 : 0;
      }
    }
    return pinned;
  }

  private Deadline soon() {
    return Deadline.after(limits.call());
  }
}
