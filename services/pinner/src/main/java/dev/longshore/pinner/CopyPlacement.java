package dev.longshore.pinner;

import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Places the copies of an image: {@link Placement} over the peers that are feasible now, unless a
 * guard stops it.
 */
final class CopyPlacement {
  /** No peer has the blocks already. */
  private static final PeerName NOWHERE = new PeerName("");

  private final CatalogCompleteness sure;
  private final Peers peers;
  private final FeasiblePeers feasible;
  private final LostPeers losses;
  private final PeerDecisions decisions;
  private final MoveGuards held;

  CopyPlacement(
      CatalogCompleteness sure,
      Peers peers,
      FeasiblePeers feasible,
      LostPeers losses,
      PeerDecisions decisions,
      MoveGuards held) {
    this.sure = sure;
    this.peers = peers;
    this.feasible = feasible;
    this.losses = losses;
    this.decisions = decisions;
    this.held = held;
  }

  /** Names of the peers whose next try is not due. */
  static Set<PeerName> waiting(Copies copies) {
    return copies.tried().stream()
        .filter(copies.tries()::mustWait)
        .map(Peer::name)
        .collect(Collectors.toSet());
  }

  /**
   * Chooses peers for the missing copies.
   *
   * @param tried names of peers not to try now
   */
  List<Peer> choose(Cid dag, Copies copies, Set<PeerName> tried) throws InterruptedException {
    return choose(dag, copies, tried, copies.missing());
  }

  /** Whether another copy can be made now: a source and a target are available. */
  boolean canBeMade(Cid dag, Copies copies) throws InterruptedException {
    return feasible.isHeldHere(copies) && !choose(dag, copies, waiting(copies), 1).isEmpty();
  }

  private List<Peer> choose(Cid dag, Copies copies, Set<PeerName> tried, int count)
      throws InterruptedException {
    return Placement.choose(
        dag,
        copies.rule(),
        peers.keepers(),
        copies.moves().staying(),
        feasible.infeasible(dag, copies, tried),
        copies.ingestReleased() ? NOWHERE : copies.ingestPeer(),
        replacements(copies),
        count);
  }

  private Set<PeerName> replacements(Copies copies) {
    return copies.moves().moving().stream()
        .flatMap(peer -> decisions.replacement(peer.name()).stream())
        .collect(Collectors.toSet());
  }

  /**
   * Decides which copies move to better peers. None while a guard stops repairs of lost peers or
   * removals by changed rules, or while the catalog may lack names.
   *
   * @param tried names of peers not to try now
   */
  void planMoves(Cid dag, Copies copies, Set<PeerName> tried) throws InterruptedException {
    if (losses.guardStops() || held.stops() || !sure.tellsAll()) {
      copies.moves().noneMisplaced();
    } else {
      copies
          .moves()
          .misplaced(
              Placement.leaving(
                  dag,
                  copies.rule(),
                  peers.keepers(),
                  copies.moves().settled(),
                  feasible.infeasible(dag, copies, tried)));
    }
  }
}
