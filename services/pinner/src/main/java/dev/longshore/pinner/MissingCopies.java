package dev.longshore.pinner;

import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.service.turns.FairShare;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Makes an image's missing copies, trying peers until there are enough. */
final class MissingCopies {
  private final FeasiblePeers feasible;
  private final CopyPlacement placement;
  private final CopyRound copyRound;

  MissingCopies(FeasiblePeers feasible, CopyPlacement placement, CopyRound copyRound) {
    this.feasible = feasible;
    this.placement = placement;
    this.copyRound = copyRound;
  }

  /**
   * Returns when there are enough, or no feasible peer is left.
   *
   * @param all whether to try peers before their next try is due
   */
  void make(Cid dag, Copies copies, boolean all, FairShare share, Progress progress)
      throws InterruptedException {
    Set<PeerName> tried = new HashSet<>(all ? Set.of() : CopyPlacement.waiting(copies));
    for (List<Peer> chosen = placement.choose(dag, copies, tried);
        !chosen.isEmpty();
        chosen = placement.choose(dag, copies, tried)) {
      chosen.forEach(peer -> tried.add(peer.name()));
      copyRound.make(
          dag, chosen, peer -> feasible.bytes(dag, peer, copies), copies, share, progress);
      // After a better peer failed, do not move the copy to one that is only as good.
      placement.planMoves(dag, copies, tried);
    }
    feasible.recordNoRoom(dag, copies, tried);
  }
}
