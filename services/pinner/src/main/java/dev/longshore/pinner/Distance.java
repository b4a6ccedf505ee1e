package dev.longshore.pinner;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.Cid;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Measures how far away peers are: bytes through this pinner to a nearby one cross no line.
 *
 * @param call limit of a small call
 */
record Distance(InstantSource clock, Duration call) {
  /** A connection and an answer are two round trips; each call opens a connection. */
  private static final Duration NEARBY = Duration.ofMillis(5);

  /** TLS adds a third, and its handshake some ms of processor time on both sides. */
  private static final Duration NEARBY_SECURED = Duration.ofMillis(15);

  /** The first answer may be slow for reasons other than the line. */
  private static final int TRIES = 2;

  /** Whether one of two cheap calls is answered as fast as within a site. */
  boolean isNearby(Peer peer, Cid dag) throws KuboException {
    Duration most = peer.secured() ? NEARBY_SECURED : NEARBY;
    for (int i = 0; i < TRIES; i++) {
      Instant asked = clock.instant();
      // Only the time matters, not whether it has the block.
      var _ = peer.node().holds(dag, Deadline.after(call));
      if (Duration.between(asked, clock.instant()).compareTo(most) <= 0) {
        return true;
      }
    }
    return false;
  }
}
