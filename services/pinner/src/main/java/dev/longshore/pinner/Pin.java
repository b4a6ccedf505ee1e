package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Converted;
import dev.longshore.events.PinState;
import dev.longshore.ipfs.Cid;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.runtime.endpoint.Endpoints;
import dev.longshore.runtime.step.Effects;
import dev.longshore.runtime.step.Message;
import dev.longshore.runtime.step.PermanentFailure;
import dev.longshore.runtime.step.Progress;
import dev.longshore.runtime.step.Step;
import io.opentelemetry.api.trace.Tracer;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

/**
 * The pinner's step: brings an image DAG to as many verified copies as were asked for, each on a
 * peer of its own, reports every transition, and lets the ingest peer go when others hold the DAG.
 * What cannot be reached now is left to {@link Repair}, which asks for the same step again.
 */
final class Pin implements Step {
  private final Catalog catalog;
  private final Peers peers;
  private final Orders orders;
  private final Copier copier;
  private final Storage storage;
  private final IngestRelease ingest;
  private final Endpoints endpoints;
  private final Tracer tracer;
  private final Supplier<ExecutorService> workers;

  Pin(
      Catalog catalog,
      Peers peers,
      Orders orders,
      Copier copier,
      Storage storage,
      IngestRelease ingest,
      Endpoints endpoints,
      Tracer tracer,
      Supplier<ExecutorService> workers) {
    this.catalog = catalog;
    this.peers = peers;
    this.orders = orders;
    this.copier = copier;
    this.storage = storage;
    this.ingest = ingest;
    this.endpoints = endpoints;
    this.tracer = tracer;
    this.workers = workers;
  }

  @Override
  public Effects handle(Message message, Progress progress)
      throws PermanentFailure, InterruptedException {
    Cid dag = dag(message.key());
    Optional<PinState> before = catalog.pin(message.key());
    Optional<Copies> order = orders.of(message, before);
    if (order.isEmpty()) {
      return Effects.NONE;
    }
    Copies copies = order.get();
    if (message.body() == null && mustWait(dag, copies)) {
      return Effects.NONE;
    }
    forgetLostPins(dag, copies);
    Set<String> tried = new HashSet<>();
    for (List<Peer> chosen = choose(dag, copies, tried);
        !chosen.isEmpty();
        chosen = choose(dag, copies, tried)) {
      chosen.forEach(peer -> tried.add(peer.name()));
      copyAtOnce(dag, chosen, copies, progress);
    }
    ingest.release(dag, message.body() instanceof Converted converted ? converted : null, copies);
    return copies.differFrom(before) ? Effects.of(copies.state()) : Effects.NONE;
  }

  private static Cid dag(String key) throws PermanentFailure {
    try {
      return Cid.parse(key);
    } catch (IpfsDataException e) {
      throw new PermanentFailure(
          "MALFORMED_CID",
          "'%s' was to be pinned but is no CID: %s".formatted(key, e.getMessage()),
          e);
    }
  }

  /**
   * Whether all that is left to do needs peers that are away: asking others again mends nothing.
   */
  private boolean mustWait(Cid dag, Copies copies) {
    boolean lacks = copies.missing() > 0;
    boolean holds = !copies.ingestReleased();
    return (lacks || holds)
        && (!lacks || choose(dag, copies, Set.of()).isEmpty())
        && (!holds || isAway(copies.ingestPeer()));
  }

  private boolean isAway(String peer) {
    return peers.find(peer).filter(p -> !endpoints.isOpen(p.endpoint())).isPresent();
  }

  private void forgetLostPins(Cid dag, Copies copies) throws InterruptedException {
    for (Peer peer : copies.verified()) {
      if (endpoints.isOpen(peer.endpoint()) && !copier.stillPinned(dag, peer)) {
        copies.set(peer, new CopyOutcome.Failed("the pin was removed behind our back", false));
      }
    }
  }

  private List<Peer> choose(Cid dag, Copies copies, Set<String> tried) {
    Set<String> excluded = new HashSet<>(tried);
    for (Peer peer : peers.keepers()) {
      if (!endpoints.isOpen(peer.endpoint()) || storage.isFull(peer)) {
        excluded.add(peer.name());
      }
    }
    return Placement.choose(
        dag, peers.keepers(), copies.verified(), excluded, copies.ingestPeer(), copies.missing());
  }

  private void copyAtOnce(Cid dag, List<Peer> chosen, Copies copies, Progress progress)
      throws InterruptedException {
    List<Peer> sources = copies.sources();
    try (var copying = new ParallelCopies(copier, tracer, dag, sources, workers.get())) {
      for (Peer peer : chosen) {
        copies.set(peer, new CopyOutcome.Pinning());
        copying.start(peer);
      }
      progress.publish(Effects.of(copies.state()));
      for (int i = 0; i < chosen.size(); i++) {
        ParallelCopies.Result result = copying.next();
        copies.set(result.peer(), result.outcome());
        tellEndpoint(result);
        progress.publish(Effects.of(copies.state()));
      }
    }
  }

  private void tellEndpoint(ParallelCopies.Result result) {
    switch (result.outcome()) {
      case CopyOutcome.Failed(String error, boolean peerIsAway) -> {
        if (peerIsAway) {
          endpoints.failed(result.peer().endpoint(), error, null);
        }
      }
      case CopyOutcome.Verified _ -> endpoints.succeeded(result.peer().endpoint());
      case CopyOutcome.Pinning _ -> {}
    }
  }
}
