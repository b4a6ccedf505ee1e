package dev.longshore.pinner;

import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.runtime.service.endpoint.Endpoints;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Which peers are full. A full peer is not away: its copies count and can be read, but it gets no
 * further copy until it has room again.
 */
final class FullPeers {
  /** A copy without room fills the disk again, so it is tried only at long intervals. */
  static final Duration PAUSE = Duration.ofMinutes(10);

  private final Endpoints endpoints;
  private final InstantSource clock;

  FullPeers(Endpoints endpoints, InstantSource clock) {
    this.endpoints = endpoints;
    this.clock = clock;
  }

  private static String of(Peer peer) {
    return peer.endpoint() + " storage";
  }

  /** Forgets a peer that is no longer used. */
  void forget(Peer peer) {
    endpoints.forget(of(peer));
  }

  /** Whether the peer was recently full. */
  boolean isFull(Peer peer) {
    return !endpoints.isOpen(of(peer)) && endpoints.nextTry(of(peer)).isAfter(clock.instant());
  }

  /** Whether the peer was full and no copy has fitted since. */
  boolean lacksRoom(Peer peer) {
    return !endpoints.isOpen(of(peer));
  }

  /** Why the peer is full, if it is. */
  Optional<String> trouble(Peer peer) {
    return endpoints.trouble(of(peer)).filter(_ -> isFull(peer));
  }

  /** Why the peer must not get a copy now; one copy at a time may test if it has room again. */
  Optional<String> objection(Peer peer) {
    Optional<String> full = endpoints.trouble(of(peer));
    return full.isEmpty() || endpoints.mayPass(of(peer)) ? Optional.empty() : full;
  }

  /** A copy fitted. */
  void took(Peer peer) {
    if (!isFull(peer)) {
      endpoints.succeeded(of(peer));
    }
  }

  /** A copy failed, for lack of room or another reason. */
  void failed(Peer peer, KuboException e) {
    boolean full = e.fault() == Fault.FULL;
    if (full || !endpoints.isOpen(of(peer))) {
      endpoints.failed(of(peer), String.valueOf(e.getMessage()), full ? PAUSE : null);
    }
  }
}
