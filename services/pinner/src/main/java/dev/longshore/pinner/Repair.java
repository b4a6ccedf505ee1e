package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.PinState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.service.endpoint.Endpoints;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls every peer to notice and record which went or returned, and requests the pinner's step for
 * images whose next try is due. Images that wait for a peer have no due time: when a peer comes,
 * the step is requested for all that lack copies.
 */
final class Repair {
  /** DAGs requested at once: enough to keep all peers busy, few enough to see newer ones soon. */
  static final int BATCH = 256;

  /**
   * Rounds that request everything short of copies after a peer has come, until none is refused: a
   * partition may be new to this process. Rounds with a full queue do not count. Inventories find
   * the rest.
   */
  private static final int ROUNDS = 6;

  private final Catalog catalog;
  private final Peers peers;
  private final Endpoints endpoints;
  private final Duration callTimeout;
  private final PeerWatch watch;
  private final LostPeers losses;
  private final PeerRecords records;
  private final Nudges nudges;
  private final Supplier<ExecutorService> workers;
  private final InstantSource clock;
  private Set<PeerName> usable = Set.of();

  /** Images short of copies may have waited for this pinner. */
  private int rounds = ROUNDS;

  private Instant last = Instant.MIN;

  /** A repair of what the catalog shows. */
  Repair(
      Catalog catalog,
      Peers peers,
      Endpoints endpoints,
      Duration callTimeout,
      PeerWatch watch,
      LostPeers losses,
      PeerRecords records,
      Nudges nudges,
      Supplier<ExecutorService> workers,
      InstantSource clock) {
    this.catalog = catalog;
    this.peers = peers;
    this.endpoints = endpoints;
    this.callTimeout = callTimeout;
    this.watch = watch;
    this.losses = losses;
    this.records = records;
    this.nudges = nudges;
    this.workers = workers;
    this.clock = clock;
  }

  /**
   * One round.
   *
   * @param host runs the step for a DAG or a peer, if this process holds its partition
   */
  void run(Hosted host) {
    Predicate<String> nudge = host.nudge();
    Set<PeerName> before = new HashSet<>(usable);
    before.retainAll(usable());
    try (ExecutorService threads = workers.get()) {
      // In parallel: a silent peer must not delay news of the others.
      peers.all().forEach(peer -> threads.execute(() -> look(peer)));
    }
    for (Peer peer : records.outdated()) {
      var _ = nudge.test(peer.name().text());
    }
    usable = usable();
    Instant now = clock.instant();
    if (!before.containsAll(usable) || now.isBefore(last)) {
      rounds = ROUNDS; // a clock that is set back puts all next tries off
    }
    last = now;
    if (rounds > 0) {
      AtomicBoolean waits = new AtomicBoolean();
      boolean all =
          askForShort(
              key -> {
                boolean asked = nudge.test(key);
                waits.compareAndSet(false, !asked && host.holds().test(key));
                return asked;
              });
      if (all) {
        rounds = 0;
      } else if (!waits.get()) {
        rounds--;
      }
    } else {
      askAll(
          after -> catalog.copies().due(clock.instant(), after, BATCH),
          _ -> true,
          Function.identity(),
          nudge);
    }
  }

  /**
   * Images without a copy come first, then those below the minimum. Returns whether none was
   * refused.
   */
  private boolean askForShort(Predicate<String> nudge) {
    List<Predicate<PinState>> order =
        List.of(pin -> pin.verified() == 0, Repair::isBelowLeast, _ -> true);
    boolean all = true;
    for (Predicate<PinState> which : order) {
      all &=
          askAll(
              after -> catalog.pins().unfinished(after, BATCH), which, PinState::imageDag, nudge);
    }
    return all;
  }

  private static boolean isBelowLeast(PinState pin) {
    return pin.min() != null && pin.verified() < pin.min();
  }

  /** Peers that can take copies or serve as sources. */
  private Set<PeerName> usable() {
    Set<PeerName> usable = new HashSet<>();
    for (Peer peer : peers.all()) {
      if (endpoints.isOpen(peer.endpoint()) && !losses.isLost(peer)) {
        usable.add(peer.name());
      }
    }
    return usable;
  }

  /** Returns whether none was refused. */
  private <T> boolean askAll(
      Function<@Nullable ImageDag, List<T>> pages,
      Predicate<T> which,
      Function<T, ImageDag> dag,
      Predicate<String> nudge) {
    boolean all = true;
    ImageDag after = null;
    List<T> page;
    do {
      page = pages.apply(after);
      for (T entry : page) {
        all &= !which.test(entry) || nudges.ask(dag.apply(entry), nudge);
      }
      after = page.isEmpty() ? null : dag.apply(page.getLast());
    } while (page.size() == BATCH && !Thread.currentThread().isInterrupted());
    return all;
  }

  private void look(Peer peer) {
    if (endpoints.mayPass(peer.endpoint())) {
      probe(peer);
    }
  }

  private void probe(Peer peer) {
    try {
      watch.answered(peer, peer.node().id(Deadline.after(callTimeout)));
      endpoints.succeeded(peer.endpoint());
    } catch (KuboException e) {
      if (e.fault() == Fault.CANCELLED) {
        return;
      }
      watch.silent(peer);
      endpoints.failed(peer.endpoint(), String.valueOf(e.getMessage()), null);
    }
  }
}
