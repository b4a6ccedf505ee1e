package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.PinState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.kubo.Fault;
import dev.longshore.ipfs.kubo.KuboException;
import dev.longshore.model.ImageDag;
import dev.longshore.runtime.service.endpoint.Endpoints;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Asks for the pinner's step again for every DAG that is short of copies, and asks every peer who
 * it is, so that one that went or came back is noticed and recorded, and what failed goes on by
 * itself.
 */
final class Repair {
  /** DAGs asked for at once: enough to keep all peers busy, few enough to see newer ones soon. */
  static final int BATCH = 256;

  private final Catalog catalog;
  private final Peers peers;
  private final Endpoints endpoints;
  private final Duration callTimeout;
  private final PeerWatch watch;
  private final PeerRecords records;
  private final Supplier<ExecutorService> workers;
  private final Predicate<String> nudge;

  /**
   * A repair of what the catalog shows.
   *
   * @param nudge asks for the step of a DAG or a peer, if its partition is this process's
   */
  Repair(
      Catalog catalog,
      Peers peers,
      Endpoints endpoints,
      Duration callTimeout,
      PeerWatch watch,
      PeerRecords records,
      Supplier<ExecutorService> workers,
      Predicate<String> nudge) {
    this.catalog = catalog;
    this.peers = peers;
    this.endpoints = endpoints;
    this.callTimeout = callTimeout;
    this.watch = watch;
    this.records = records;
    this.workers = workers;
    this.nudge = nudge;
  }

  /** One round. */
  void run() {
    try (ExecutorService threads = workers.get()) {
      // At once: one that is silent must not keep the others from being noticed.
      peers.all().forEach(peer -> threads.execute(() -> look(peer)));
    }
    for (Peer peer : records.outdated()) {
      var _ = nudge.test(peer.name().text());
    }
    ImageDag after = null;
    List<PinState> page;
    do {
      page = catalog.pins().unfinished(after, BATCH);
      for (PinState state : page) {
        // One that is refused is asked for again in the next round.
        var _ = nudge.test(state.key());
      }
      after = page.isEmpty() ? null : page.getLast().imageDag();
    } while (page.size() == BATCH);
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
