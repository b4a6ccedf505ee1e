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
 * Connects peers to those that hold the blocks, which replaces a DHT. Many images in a row cost one
 * introduction per pair, not one each.
 */
final class Introductions {
  private static final Logger LOG = LoggerFactory.getLogger(Introductions.class);

  /**
   * How long a peer's identity, addresses and connections are cached. A burst of images is served
   * within it, and a broken connection is restored long before a copy counts as stalled.
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
   * The peer's identity, possibly cached. The call involves no DAG and no other peer, so any
   * failure is the peer's own.
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

  /** Connects the peer to all reachable sources. */
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

  /** Forgets what is cached about a peer after a failed copy: it may be the cause. */
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
