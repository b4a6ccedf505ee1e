package dev.longshore.pinner;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.Cid;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * How far away peers stand: one is nearby when bytes through this pinner cost it no line.
 *
 * @param call limit of a small call
 */
record Distance(InstantSource clock, Duration call) {
  /** A connection and an answer are two round trips; each call opens a connection. */
  private static final Duration NEARBY = Duration.ofMillis(5);

  /** With TLS a third one, and the handshake keeps both sides' processors busy for some ms. */
  private static final Duration NEARBY_SECURED = Duration.ofMillis(15);

  /** The first answer may have waited for something that has nothing to do with the line. */
  private static final int TRIES = 2;

  /** Whether one of two answers to the cheapest question comes as fast as at the same site. */
  boolean isNearby(Peer peer, Cid dag) throws KuboException {
    Duration most = peer.secured() ? NEARBY_SECURED : NEARBY;
    for (int i = 0; i < TRIES; i++) {
      Instant asked = clock.instant();
      // Whether it has the block does not matter.
      var _ = peer.node().holds(dag, Deadline.after(call));
      if (Duration.between(asked, clock.instant()).compareTo(most) <= 0) {
        return true;
      }
    }
    return false;
  }
}
