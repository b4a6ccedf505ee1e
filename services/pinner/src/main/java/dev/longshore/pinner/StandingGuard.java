package dev.longshore.pinner;

import dev.longshore.model.PeerName;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The effect of one kind of guard.
 *
 * @param name lost, left, moves or releases
 * @param peers whose copies still count because of it
 * @param images number of images that would lose copies or be released, in total
 * @param since when its cause began, as far as this process knows; null if it holds nothing
 */
record StandingGuard(String name, Set<PeerName> peers, long images, @Nullable Instant since) {
  StandingGuard {
    peers = Set.copyOf(peers);
  }

  static StandingGuard none(String name) {
    return new StandingGuard(name, Set.of(), 0, null);
  }

  /**
   * How much it holds in this process's count.
   *
   * @param verified verified copies by peer
   * @param isFirst whether this process counts what concerns all images
   */
  long holds(Map<PeerName, Long> verified, boolean isFirst) {
    long copies = peers.stream().mapToLong(peer -> verified.getOrDefault(peer, 0L)).sum();
    return copies + (isFirst ? images : 0);
  }
}
