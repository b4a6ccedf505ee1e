package dev.longshore.pinner;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lists all peers' pins in parallel. */
final class PinListing {
  private static final Logger LOG = LoggerFactory.getLogger(PinListing.class);
  private final Peers peers;
  private final PeerWatch watch;
  private final UnknownPins unknown;
  private final Collector collector;
  private final String pinPrefix;
  private final PinLimits limits;
  private final Supplier<ExecutorService> workers;

  /**
   * @param pinPrefix prefix of this installation's pin names
   */
  PinListing(
      Peers peers,
      PeerWatch watch,
      UnknownPins unknown,
      Collector collector,
      String pinPrefix,
      PinLimits limits,
      Supplier<ExecutorService> workers) {
    this.peers = peers;
    this.watch = watch;
    this.unknown = unknown;
    this.collector = collector;
    this.pinPrefix = pinPrefix;
    this.limits = limits;
    this.workers = workers;
  }

  /**
   * The listed pins.
   *
   * @param byPeer pins of the peers that listed all of theirs
   * @param unrecorded known, pinned images without a record of their copies
   * @param forgotten images without a record that are forgotten by the name of a pin
   */
  record Pins(Map<PeerName, PinSet> byPeer, Set<ImageDag> unrecorded, Set<ImageDag> forgotten) {}

  /** Lists all pins, and counts those without a record. */
  Pins readAll() {
    UnknownPins.Look look = unknown.look();
    Map<PeerName, PinSet> pins = read(Optional.of(look));
    look.ended(peers);
    return new Pins(pins, look.unrecorded(), look.forgotten());
  }

  /** Lists pins to compare with possibly incomplete records. */
  Pins readKnown() {
    return new Pins(read(Optional.empty()), Set.of(), Set.of());
  }

  private Map<PeerName, PinSet> read(Optional<UnknownPins.Look> look) {
    Map<PeerName, PinSet> pins = new ConcurrentHashMap<>();
    try (ExecutorService threads = workers.get()) {
      for (Peer peer : peers.all()) {
        if (watch.isHere(peer)) {
          threads.execute(() -> read(peer, look).ifPresent(read -> pins.put(peer.name(), read)));
        }
      }
    }
    return pins;
  }

  private Optional<PinSet> read(Peer peer, Optional<UnknownPins.Look> look) {
    Optional<UnknownPins.Look.OfPeer> its = look.map(l -> l.at(peer));
    try {
      PinSet pins =
          PinSet.of(
              peer.node(),
              pinPrefix,
              (root, name) -> its.filter(l -> l.isRecorded(root, name)).isPresent(),
              Deadline.after(limits.verification()));
      boolean holdsForgotten = collector.holdsForgotten(peer, pins);
      its.ifPresent(l -> l.ended(holdsForgotten));
      watch.listed(peer, !pins.holders().isEmpty());
      return Optional.of(pins);
    } catch (KuboException e) {
      if (e.fault() != Fault.CANCELLED) {
        watch.unlisted(peer);
        LOG.warn(
            "the pins of {} could not be compared with its copies: {}",
            peer.name(),
            e.getMessage());
      }
      return Optional.empty();
    }
  }
}
