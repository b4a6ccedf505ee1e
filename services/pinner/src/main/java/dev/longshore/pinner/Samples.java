package dev.longshore.pinner;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the root block of a changing sample of each peer's pins: a node that lost its blocks still
 * lists its pins.
 */
final class Samples {
  private static final Logger LOG = LoggerFactory.getLogger(Samples.class);
  private final SplittableRandom random;
  private final Map<Peer, PinSample> byPeer = new HashMap<>();

  Samples(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** Adds the pin of a copy recorded as verified. */
  void add(Peer peer, Cid dag) {
    byPeer.computeIfAbsent(peer, _ -> new PinSample()).add(dag, random);
  }

  /** Names of the peers that lack a pinned block. */
  Set<PeerName> withoutBlocks(Duration call) {
    Set<PeerName> names = new HashSet<>();
    byPeer.forEach(
        (peer, sample) -> {
          if (lacks(peer, sample.taken(), call)) {
            names.add(peer.name());
          }
        });
    return names;
  }

  private static boolean lacks(Peer peer, List<Cid> dags, Duration call) {
    try {
      for (Cid dag : dags) {
        if (!peer.node().holds(dag, Deadline.after(call))) {
          LOG.warn(
              "{} has pinned {} but lacks its first block: all its copies are looked at",
              peer.name(),
              dag);
          return true;
        }
      }
    } catch (KuboException e) {
      LOG.debug("{} did not say what it holds: {}", peer.name(), e.getMessage());
    }
    return false;
  }
}
