package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.PinState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.kubo.KuboException;
import dev.longshore.runtime.endpoint.Endpoints;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Asks for the pinner's step again for every DAG that is short of copies, and probes peers that
 * were away, so that what failed goes on by itself.
 */
final class Repair {
  /** DAGs asked for at once: enough to keep all peers busy, few enough to see newer ones soon. */
  static final int BATCH = 256;

  private final Catalog catalog;
  private final Peers peers;
  private final Endpoints endpoints;
  private final Duration callTimeout;
  private final Consumer<String> nudge;

  /**
   * A repair of what the catalog shows.
   *
   * @param nudge asks for the step of a DAG, if its partition is this process's
   */
  Repair(
      Catalog catalog,
      Peers peers,
      Endpoints endpoints,
      Duration callTimeout,
      Consumer<String> nudge) {
    this.catalog = catalog;
    this.peers = peers;
    this.endpoints = endpoints;
    this.callTimeout = callTimeout;
    this.nudge = nudge;
  }

  /** One round. */
  void run() {
    for (Peer peer : peers.all()) {
      if (!endpoints.isOpen(peer.endpoint()) && endpoints.mayPass(peer.endpoint())) {
        probe(peer);
      }
    }
    String after = null;
    List<PinState> page;
    do {
      page = catalog.pinsUnfinished(after, BATCH);
      page.forEach(state -> nudge.accept(state.imageDag()));
      after = page.isEmpty() ? null : page.getLast().imageDag();
    } while (page.size() == BATCH);
  }

  private void probe(Peer peer) {
    try {
      peer.node().id(Deadline.after(callTimeout));
      endpoints.succeeded(peer.endpoint());
    } catch (KuboException e) {
      endpoints.failed(peer.endpoint(), String.valueOf(e.getMessage()), null);
    }
  }
}
