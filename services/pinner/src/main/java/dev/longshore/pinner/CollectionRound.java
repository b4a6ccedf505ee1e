package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.service.endpoint.Endpoints;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the collections that other pinners request, and those after which blocks are gone that
 * conversions of forgotten images left. Of several pinners, the one with the first partition does
 * this.
 */
final class CollectionRound {
  private static final Logger LOG = LoggerFactory.getLogger(CollectionRound.class);
  private final Catalog catalog;
  private final Supplier<Peers> peers;
  private final PeerWatch watch;
  private final Collector collector;
  private final Supplier<Collection<ImageDag>> forgotten;
  private final Endpoints endpoints;
  private final Duration interval;
  private final InstantSource clock;
  private final Map<PeerName, LookSchedule> next = new HashMap<>();

  /**
   * @param watch which peers listed pins that may hold blocks of conversions, or be requests
   * @param forgotten images that are forgotten and not gone
   * @param interval pause between two looks at a peer
   */
  CollectionRound(
      Catalog catalog,
      Supplier<Peers> peers,
      PeerWatch watch,
      Collector collector,
      Supplier<Collection<ImageDag>> forgotten,
      Endpoints endpoints,
      Duration interval,
      InstantSource clock) {
    this.catalog = catalog;
    this.peers = peers;
    this.watch = watch;
    this.collector = collector;
    this.forgotten = forgotten;
    this.endpoints = endpoints;
    this.interval = interval;
    this.clock = clock;
  }

  /** One round. */
  void run(Hosted host) throws InterruptedException {
    if (!new HeldPartitions(host).holdsFirst()) {
      return;
    }
    Set<PeerName> leaving = leaving();
    for (Peer peer : peers.get().all()) {
      LookSchedule its = next.computeIfAbsent(peer.name(), _ -> new LookSchedule());
      Instant begun = clock.instant();
      if (endpoints.isOpen(peer.endpoint())
          && (leaving.contains(peer.name()) || watch.mayHold(peer))
          && its.isDue(begun)) {
        look(peer);
        its.after(begun, clock.instant(), interval);
      }
    }
  }

  /** Peers from which images are being removed. */
  private Set<PeerName> leaving() {
    Set<PeerName> leaving = new HashSet<>();
    for (ImageDag dag : forgotten.get()) {
      Optional<PinState> pin = catalog.pins().of(dag);
      if (pin.filter(state -> state.state() == PinPhase.RELEASING).isPresent()) {
        catalog.copies().of(pin.get()).copies().stream()
            .filter(copy -> copy.state() == CopyPhase.RELEASING)
            .forEach(copy -> leaving.add(copy.peer()));
        if (!pin.get().ingestReleased()) {
          peers.get().others().forEach(peer -> leaving.add(peer.name()));
        }
      }
    }
    return leaving;
  }

  private void look(Peer peer) throws InterruptedException {
    try {
      collector
          .collectIfAsked(peer)
          .ifPresent(why -> LOG.warn("a collection is requested at {}: {}", peer.name(), why));
    } catch (KuboException e) {
      if (e.fault() == Fault.CANCELLED) {
        throw new InterruptedException(e.getMessage());
      }
      endpoints.failed(peer.endpoint(), String.valueOf(e.getMessage()), null);
      LOG.debug("{} does not say what holds blocks there: {}", peer.name(), e.getMessage());
    }
  }
}
