package dev.longshore.pinner;

import java.time.Duration;
import java.util.List;

/**
 * Which copies count as lost because their peer has been away for long. When it is not the only
 * one, and they are more than a tenth of all, the cause is rather a line or a power cut that ends:
 * then only images that are down to one copy are repaired, as copying all others would cost more
 * than it saves.
 */
final class Losses {
  private static final int TENTH = 10;

  private final Peers peers;
  private final PeerWatch watch;
  private final Duration lostAfter;

  /**
   * @param lostAfter how long a peer is away until its copies count as lost
   */
  Losses(Peers peers, PeerWatch watch, Duration lostAfter) {
    this.peers = peers;
    this.watch = watch;
    this.lostAfter = lostAfter;
  }

  /** Those of the holders of an image whose copies count as lost. */
  List<Peer> among(List<Peer> holders) {
    List<Peer> lost = holders.stream().filter(this::isLost).toList();
    return !manyAreLost() || isLastCopy(holders.size() - lost.size()) ? lost : List.of();
  }

  /** Whether so many peers are lost at once that only what is in danger is repaired. */
  boolean manyAreLost() {
    List<Peer> keepers = peers.keepers();
    long lost = keepers.stream().filter(this::isLost).count();
    return lost > 1 && lost * TENTH > keepers.size();
  }

  private static boolean isLastCopy(int left) {
    return left <= 1;
  }

  /**
   * Whether the peer has been away for so long. What another pinner recorded, or this one before it
   * was restarted, is not enough: the peer may be back, or start more slowly.
   */
  boolean isLost(Peer peer) {
    return watch.away(peer).compareTo(lostAfter) >= 0
        && watch.missed(peer).compareTo(lostAfter.dividedBy(TENTH)) >= 0;
  }

  /** Why a copy on the peer counts as lost. */
  CopyEvent.PeerLost reason(Peer peer) {
    return new CopyEvent.PeerLost(
        "peer %s has been away, or could not list its pins, for %d s, longer than pinner.lost-after"
            .formatted(peer.name(), watch.away(peer).toSeconds()));
  }
}
