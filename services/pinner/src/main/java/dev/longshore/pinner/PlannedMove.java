package dev.longshore.pinner;

import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The moves of one image's copies, planned without calling a peer.
 *
 * @param come peers that get a copy
 * @param leave peers whose copies go after the others have been verified for a while
 * @param missing copies for which there is no peer
 */
record PlannedMove(List<Peer> come, List<Peer> leave, int missing) {
  PlannedMove {
    come = List.copyOf(come);
    leave = List.copyOf(leave);
  }

  /** Whether the copies match the rule. */
  boolean isNone() {
    return come.isEmpty() && leave.isEmpty() && missing == 0;
  }

  /**
   * Plans by the rule, the peers and their copies.
   *
   * @param fit names of peers that can get a copy
   */
  static PlannedMove of(
      Cid dag,
      CopyRule rule,
      Peers peers,
      List<Peer> holders,
      PeerDecisions decisions,
      Set<PeerName> fit) {
    Set<PeerName> unfit = new HashSet<>();
    peers.keepers().stream()
        .map(Peer::name)
        .filter(name -> !fit.contains(name))
        .forEach(unfit::add);
    Set<PeerName> draining = decisions.draining();
    List<Peer> settled = new ArrayList<>(holders);
    settled.removeIf(peer -> draining.contains(peer.name()));
    List<Peer> leave = Placement.leaving(dag, rule, peers.keepers(), settled, unfit);
    List<Peer> staying = new ArrayList<>(settled);
    staying.removeAll(leave);
    int missing = Math.max(0, rule.copies() - staying.size());
    List<Peer> come =
        Placement.choose(
            dag,
            rule,
            without(peers.keepers(), holders),
            staying,
            unfit,
            null,
            replacements(holders, decisions),
            missing);
    List<Peer> go = new ArrayList<>(leave);
    go.addAll(without(holders, settled));
    return new PlannedMove(come, go, missing - come.size());
  }

  private static Set<PeerName> replacements(List<Peer> holders, PeerDecisions decisions) {
    Set<PeerName> names = new HashSet<>();
    holders.forEach(peer -> decisions.replacement(peer.name()).ifPresent(names::add));
    return names;
  }

  private static List<Peer> without(List<Peer> all, List<Peer> some) {
    List<Peer> left = new ArrayList<>(all);
    left.removeAll(some);
    return left;
  }
}
