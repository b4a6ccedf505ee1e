package dev.longshore.pinner;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.RepoStat;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.service.endpoint.Endpoints;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects the garbage that releases leave, one peer at a time, once a peer is short of room: a
 * collection walks all pins and stalls writes. Of several pinners, only the one with the first
 * partition does this, so that no two peers stall at once. Runs only where retention is on.
 */
final class Housekeeping {
  /** Interval of checking a peer's room. */
  private static final Duration EVERY = Duration.ofMinutes(10);

  /** Pause after a collection: the rest is wanted, or not ours to remove. */
  private static final Duration AFTER = Duration.ofHours(6);

  private static final int PERCENT = 100;
  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

  private final Supplier<Peers> peers;
  private final Collector collector;
  private final Endpoints endpoints;
  private final PinLimits limits;
  private final int below;
  private final InstantSource clock;
  private final Map<PeerName, LookSchedule> next = new HashMap<>();

  /**
   * @param below percent of a peer's space that should stay free
   */
  Housekeeping(
      Supplier<Peers> peers,
      Collector collector,
      Endpoints endpoints,
      PinLimits limits,
      int below,
      InstantSource clock) {
    this.peers = peers;
    this.collector = collector;
    this.endpoints = endpoints;
    this.limits = limits;
    this.below = below;
    this.clock = clock;
  }

  /** One round. */
  void run(Hosted host) throws InterruptedException {
    if (!new HeldPartitions(host).holdsFirst()) {
      return;
    }
    for (Peer peer : peers.get().all()) {
      LookSchedule its = next.computeIfAbsent(peer.name(), _ -> new LookSchedule());
      Instant now = clock.instant();
      if (endpoints.isOpen(peer.endpoint()) && its.isDue(now)) {
        its.after(now, now, collect(peer) ? AFTER : EVERY);
      }
    }
  }

  /** Whether there was a collection. */
  private boolean collect(Peer peer) throws InterruptedException {
    try {
      RepoStat stat = peer.node().repoStat(Deadline.after(limits.call()));
      if (!isShort(stat)) {
        return false;
      }
    } catch (KuboException e) {
      if (e.fault() == Fault.CANCELLED) {
        throw new InterruptedException(e.getMessage());
      }
      LOG.debug("{} does not say how much room it has: {}", peer.name(), e.getMessage());
      return false;
    }
    Optional<String> objection = collector.collect(peer);
    objection.ifPresent(why -> LOG.warn("{} is short of room, and {}", peer.name(), why));
    return objection.isEmpty();
  }

  private boolean isShort(RepoStat stat) {
    return stat.maxBytes() > 0
        && (stat.maxBytes() - stat.usedBytes()) * (double) PERCENT
            < (double) stat.maxBytes() * below;
  }
}
