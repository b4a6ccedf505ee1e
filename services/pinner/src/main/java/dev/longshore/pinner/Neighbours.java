package dev.longshore.pinner;

import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers which peers were nearby: a busy one answers late without having moved. For copies so
 * small that measuring would cost as much.
 */
final class Neighbours {
  private static final Duration NEARBY_FOR = Duration.ofHours(1);
  private static final Duration FAR_FOR = Duration.ofSeconds(10);

  private final Distance distance;
  private final InstantSource clock;
  private final Map<PeerName, Found> found = new ConcurrentHashMap<>();

  private record Found(boolean isNearby, Instant at) {
    /** Expires even if the clock was set back. */
    boolean isTrusted(Instant now) {
      return !now.isBefore(at) && now.isBefore(at.plus(isNearby ? NEARBY_FOR : FAR_FOR));
    }
  }

  Neighbours(Distance distance, InstantSource clock) {
    this.distance = distance;
    this.clock = clock;
  }

  /** Whether the peer is nearby, or recently was. */
  boolean has(Peer peer, Cid dag) throws KuboException {
    Found before = found.get(peer.name());
    if (before != null && before.isTrusted(clock.instant())) {
      return before.isNearby();
    }
    boolean isNearby = distance.isNearby(peer, dag);
    found.put(peer.name(), new Found(isNearby, clock.instant()));
    return isNearby;
  }
}
