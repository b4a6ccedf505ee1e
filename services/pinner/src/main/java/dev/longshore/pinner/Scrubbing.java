package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.PeerState;
import dev.longshore.events.PeerState.Scrub;
import dev.longshore.events.PinState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.MalformedCidException;
import dev.longshore.model.PeerName;
import dev.longshore.pinner.InventoryDifferences.Doubt;
import dev.longshore.runtime.service.endpoint.Endpoints;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads each copy of each peer at a set rate, in the order of the images' CIDs, and hashes it. A
 * peer is read by the pinner that holds the partition of its key.
 */
final class Scrubbing {
  /** Reading time beyond this is not caught up on. */
  static final Duration TURN = Duration.ofSeconds(10);

  /** Tries to read a block that the peer claims to have. */
  private static final int TRIES = 3;

  private static final int PAGE = 500;
  private static final Logger LOG = LoggerFactory.getLogger(Scrubbing.class);
  private static final AttributeKey<String> PEER = AttributeKey.stringKey("peer");
  private final Catalog catalog;
  private final Supplier<Peers> peers;
  private final PeerWatch watch;
  private final InventoryDifferences doubts;
  private final Nudges nudges;
  private final Endpoints endpoints;
  private final Duration callTimeout;
  private final long bytesPerSecond;
  private final Duration interval;
  private final LongCounter bytesRead;
  private final Supplier<ExecutorService> workers;
  private final InstantSource clock;
  private final Map<PeerName, Turns> held = new ConcurrentHashMap<>();

  /**
   * @param bytesPerSecond rate for each peer; 0 reads nothing
   * @param interval minimum from the begin of a round to that of the next
   */
  Scrubbing(
      Catalog catalog,
      Supplier<Peers> peers,
      PeerWatch watch,
      InventoryDifferences doubts,
      Nudges nudges,
      Endpoints endpoints,
      Duration callTimeout,
      long bytesPerSecond,
      Duration interval,
      Meter meter,
      Supplier<ExecutorService> workers,
      InstantSource clock) {
    this.catalog = catalog;
    this.peers = peers;
    this.watch = watch;
    this.doubts = doubts;
    this.nudges = nudges;
    this.endpoints = endpoints;
    this.callTimeout = callTimeout;
    this.bytesPerSecond = bytesPerSecond;
    this.interval = interval;
    this.workers = workers;
    this.clock = clock;
    this.bytesRead =
        meter
            .counterBuilder("longshore.pinner.scrubbed")
            .setUnit("By")
            .setDescription("Bytes of copies that were read from a peer and hashed")
            .build();
    meter
        .gaugeBuilder("longshore.pinner.rotten")
        .setDescription("Files and directories of a peer that were found rotten, not mended yet")
        .ofLongs()
        .buildWithCallback(
            gauge ->
                held.forEach(
                    (peer, turns) ->
                        gauge.record(turns.scrub.rotCount(), Attributes.of(PEER, peer.text()))));
  }

  /** The peer's progress, if this process reads it. */
  Optional<PeerScrub> of(PeerName peer) {
    return Optional.ofNullable(held.get(peer)).map(turns -> turns.scrub);
  }

  /** Reads for as long as the rate allows. */
  void run(Hosted host) {
    List<Peer> keepers = peers.get().keepers();
    held.values().removeIf(turns -> !keepers.contains(turns.peer));
    for (Peer peer : keepers) {
      if (host.holds().test(peer.name().text())) {
        held.computeIfAbsent(peer.name(), _ -> begun(peer));
      } else {
        held.remove(peer.name());
      }
    }
    if (bytesPerSecond == 0) {
      return;
    }
    try (ExecutorService threads = workers.get()) {
      held.values().forEach(turns -> threads.execute(() -> turns.take(host)));
    }
  }

  /** Exports zero first: otherwise Prometheus sees no increase for the first bytes. */
  private Turns begun(Peer peer) {
    bytesRead.add(0, Attributes.of(PEER, peer.name().text()));
    return new Turns(peer);
  }

  /** The reading of one peer. */
  private final class Turns {
    private final Peer peer;
    private final PeerScrub scrub;
    private final Deque<Cid> next = new ArrayDeque<>();
    private int failures;

    Turns(Peer peer) {
      this.peer = peer;
      this.scrub = new PeerScrub(catalog.peers().of(peer.name()).map(PeerState::scrub), interval);
    }

    void take(Hosted host) {
      if (!watch.isHere(peer) || !endpoints.isOpen(peer.endpoint())) {
        return;
      }
      long left = scrub.takeTurn(bytesPerSecond, TURN, clock.instant());
      while (left > 0 && scrub.hasRoomForRot() && !Thread.currentThread().isInterrupted()) {
        Optional<DagReading> reading = scrub.reading().or(this::beginNext);
        if (reading.isEmpty()) {
          return;
        }
        Optional<Integer> bytes = read(reading.get(), host);
        if (bytes.isEmpty()) {
          return;
        }
        left -= bytes.get();
        scrub.read(bytes.get());
        bytesRead.add(bytes.get(), Attributes.of(PEER, peer.name().text()));
        if (reading.get().hasEnded()) {
          end(reading.get());
        }
      }
    }

    private void end(DagReading reading) {
      reading
          .rotten()
          .forEach(
              (part, block) ->
                  LOG.warn(
                      "block {} of {} rotted on {}: its bytes have another hash",
                      block,
                      part,
                      peer.name()));
      scrub.end(reading, clock.instant());
    }

    /** Bytes of the next block; empty if the peer does not answer. */
    private Optional<Integer> read(DagReading reading, Hosted host) {
      try {
        int bytes = reading.readNext(peer.node(), Deadline.after(callTimeout));
        failures = 0;
        return Optional.of(bytes);
      } catch (KuboException e) {
        return failed(reading, e, host);
      }
    }

    private Optional<Integer> failed(DagReading reading, KuboException e, Hosted host) {
      switch (e.fault()) {
        case NOT_HELD -> {
          ImageDag dag = new ImageDag(reading.dag());
          doubts.raise(dag, new Doubt(Set.of(peer.name()), false));
          var _ = nudges.ask(dag, host.nudge());
          scrub.end(reading, clock.instant());
          return Optional.of(0);
        }
        case FAILED -> {
          // A read error of the disk repeats each time.
          failures++;
          if (failures >= TRIES) {
            failures = 0;
            reading.takeForRotten();
            return Optional.of(0);
          }
        }
        case CANCELLED -> {}
        default -> endpoints.failed(peer.endpoint(), String.valueOf(e.getMessage()), null);
      }
      if (e.fault() != Fault.CANCELLED) {
        LOG.info("a block of {} was not read: {}", peer.name(), e.getMessage());
      }
      return Optional.empty();
    }

    /** Empty if all were read in this round. */
    private Optional<DagReading> beginNext() {
      if (!scrub.isUnderWay(clock.instant())) {
        return Optional.empty();
      }
      Optional<Cid> dag = next();
      if (dag.isEmpty()) {
        scrub.endRound(clock.instant());
      }
      return dag.map(scrub::begin);
    }

    private Optional<Cid> next() {
      @Nullable Cid last = next.isEmpty() ? scrub.cursor() : null;
      @Nullable ImageDag after = last == null ? null : new ImageDag(last);
      boolean more = true;
      while (next.isEmpty() && more) {
        List<PinState> page = catalog.pins().page(after, PAGE);
        catalog.copies().of(page).stream().filter(this::hasCopy).forEach(this::add);
        after = page.isEmpty() ? null : page.getLast().imageDag();
        more = page.size() == PAGE;
      }
      return Optional.ofNullable(next.poll());
    }

    private boolean hasCopy(CopiesState copies) {
      return copies.copies().stream()
          .anyMatch(
              copy ->
                  copy.peer().equals(peer.name())
                      && (copy.state() == CopyPhase.VERIFIED || copy.state() == CopyPhase.SURPLUS));
    }

    private void add(CopiesState copies) {
      try {
        next.add(copies.imageDag().cid());
      } catch (MalformedCidException e) {
        LOG.debug("a record of copies is passed over: {}", e.getMessage());
      }
    }
  }

  /** Whether the peer's record lacks nothing but further progress. */
  static boolean isFurther(Scrub recorded, Scrub now) {
    return new Scrub(now.cursor(), recorded.startedAt(), recorded.completedAt(), recorded.rot())
        .equals(now);
  }
}
