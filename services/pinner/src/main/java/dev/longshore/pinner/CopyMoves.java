package dev.longshore.pinner;

import dev.longshore.model.PeerName;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Which copies of one DAG stay, and which move to other peers. Used by one thread. */
final class CopyMoves {
  /**
   * How long a copy must be surplus, and the remaining ones verified, before it is removed, unless
   * its peer drains: a rule may change back, and a flapping peer must not cause copies to be made
   * and removed each time.
   */
  static final Duration GRACE = Duration.ofHours(1);

  private final PeerCopies copies;
  private final int wanted;
  private final Peers peers;
  private final Set<PeerName> draining;
  private Set<PeerName> misplaced = Set.of();
  private boolean surplusGoes;

  CopyMoves(PeerCopies copies, int wanted, Peers peers, Set<PeerName> draining) {
    this.copies = copies;
    this.wanted = wanted;
    this.peers = peers;
    this.draining = Set.copyOf(draining);
  }

  /** Peers with a verified copy that does not move elsewhere. */
  List<Peer> staying() {
    List<Peer> staying = copies.verified();
    staying.removeIf(peer -> isToMove(peer.name()));
    return staying;
  }

  /** Those of configured peers that do not drain. */
  List<Peer> settled() {
    List<Peer> settled = copies.verified();
    settled.removeIf(peer -> draining.contains(peer.name()) || !peers.isConfigured(peer));
    return settled;
  }

  /** Marks peers whose copies move to others, in addition to draining ones. */
  void misplaced(Collection<Peer> some) {
    misplaced = some.stream().map(Peer::name).collect(Collectors.toSet());
    surplusGoes = true;
  }

  /** Only copies on draining peers may move. */
  void noneMisplaced() {
    misplaced = Set.of();
    surplusGoes = false;
  }

  /** Misplaced copies go after the time of grace, once other peers have enough. */
  void makeSurplus() {
    if (staying().size() >= wanted) {
      copies.verified().stream()
          .filter(peer -> misplaced.contains(peer.name()))
          .forEach(peer -> copies.set(peer, new CopyEvent.ReleaseWanted()));
    }
  }

  private boolean isToMove(PeerName peer) {
    return draining.contains(peer) || misplaced.contains(peer);
  }

  /** Peers whose copy, known or possible, is removed once others have enough. */
  List<Peer> moving() {
    boolean surplus = surplusGoes && copies.verifiedHaveStood(GRACE);
    return copies.tried().stream().filter(peer -> isToGo(peer, surplus)).toList();
  }

  private boolean isToGo(Peer peer, boolean surplus) {
    boolean drains = draining.contains(peer.name());
    return switch (copies.of(peer)) {
      case Copy.Releasing _ -> true;
      case Copy.Gone _ -> false;
      // A pin without its blocks is no copy, and keeps Kubo from collecting garbage.
      case Copy.Surplus(long bytes) ->
          drains || bytes == 0 || (surplus && copies.hasStood(peer.name(), GRACE));
      default -> drains;
    };
  }
}
