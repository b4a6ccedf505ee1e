package dev.longshore.pinner;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.NodeId;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.service.endpoint.Endpoints;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects peers with those that hold the blocks, so that they need no DHT to find them. Many
 * images in a row cost one introduction of each pair, not one each.
 */
final class Introductions {
  private static final Logger LOG = LoggerFactory.getLogger(Introductions.class);

  /**
   * So long a peer is taken to be who and where it was, and connected to whom it was. A burst is
   * answered many times within it, and a connection that broke is made anew long before a copy is
   * given up as stalled.
   */
  private static final Duration TRUSTED = Duration.ofSeconds(2);

  private final Duration callTimeout;
  private final Endpoints endpoints;
  private final InstantSource clock;
  private final Map<PeerName, Known> ids = new ConcurrentHashMap<>();
  private final Map<Pair, Instant> connected = new ConcurrentHashMap<>();

  private record Known(NodeId id, Instant at) {}

  private record Pair(PeerName peer, PeerName source) {}

  Introductions(Duration callTimeout, Endpoints endpoints, InstantSource clock) {
    this.callTimeout = callTimeout;
    this.endpoints = endpoints;
    this.clock = clock;
  }

  /**
   * Who the peer is, as it said itself lately. This asks nothing of a DAG or of other peers, so
   * whatever goes wrong, the peer itself is at fault.
   */
  NodeId id(Peer peer) throws InterruptedException, KuboException {
    Known known = ids.get(peer.name());
    if (known != null && isFresh(known.at())) {
      return known.id();
    }
    NodeId id = ask(peer);
    ids.put(peer.name(), new Known(id, clock.instant()));
    return id;
  }

  private NodeId ask(Peer peer) throws InterruptedException, KuboException {
    try {
      return peer.node().id(Deadline.after(callTimeout));
    } catch (KuboException e) {
      stopIfCancelled(e);
      endpoints.failed(peer.endpoint(), String.valueOf(e.getMessage()), null);
      throw e;
    }
  }

  /** Connects the peer to all of them that can be reached. */
  void introduce(Peer peer, List<Peer> sources) throws InterruptedException {
    for (Peer source : sources) {
      Pair pair = new Pair(peer.name(), source.name());
      Instant last = connected.get(pair);
      if (source.name().equals(peer.name())
          || (last != null && isFresh(last))
          || !endpoints.isOpen(source.endpoint())) {
        continue;
      }
      try {
        connect(peer, source);
        connected.put(pair, clock.instant());
      } catch (KuboException e) {
        stopIfCancelled(e);
        LOG.debug("{} could not connect to {}: {}", peer.name(), source.name(), e.getMessage());
      }
    }
  }

  /** A copy to the peer failed: whatever was known of it may be the reason. */
  void forget(Peer peer) {
    ids.remove(peer.name());
    connected.keySet().removeIf(pair -> pair.peer().equals(peer.name()));
  }

  private void connect(Peer peer, Peer source) throws InterruptedException, KuboException {
    NodeId id = id(source);
    KuboException last = null;
    for (String address : id.reachedAt(source.announced())) {
      try {
        peer.node().connect(id.at(address), Deadline.after(callTimeout));
        return;
      } catch (KuboException e) {
        last = e;
      }
    }
    if (last != null) {
      throw last;
    }
  }

  private static void stopIfCancelled(KuboException e) throws InterruptedException {
    if (e.fault() == Fault.CANCELLED) {
      throw new InterruptedException(e.getMessage());
    }
  }

  private boolean isFresh(Instant at) {
    return clock.instant().isBefore(at.plus(TRUSTED));
  }
}
