package dev.longshore.pinner;

import dev.longshore.model.PeerName;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one kind of guard holds back.
 *
 * @param name lost, left or moves
 * @param peers whose copies it lets count
 * @param images that would lose copies, among all
 * @param since when what it is about began, as far as this process knows; none if it holds nothing
 */
record StandingGuard(String name, Set<PeerName> peers, long images, @Nullable Instant since) {
  StandingGuard {
    peers = Set.copyOf(peers);
  }

  static StandingGuard none(String name) {
    return new StandingGuard(name, Set.of(), 0, null);
  }

  /**
   * How much it holds of what this process counts.
   *
   * @param verified verified copies by peer
   * @param isFirst whether this process counts what is about all images
   */
  long holds(Map<PeerName, Long> verified, boolean isFirst) {
    long copies = peers.stream().mapToLong(peer -> verified.getOrDefault(peer, 0L)).sum();
    return copies + (isFirst ? images : 0);
  }
}
