package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Converted;
import dev.longshore.events.PinPhase;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.pinner.ImageRelease.Fate;
import dev.longshore.pinner.InventoryDifferences.Doubt;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.kafka.step.Step;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The pinner's step: makes the wanted number of verified copies of an image DAG, each on a separate
 * peer, reports every transition, and releases the ingest peer once others hold the DAG. What
 * cannot be done now is left to {@link Repair}, which requests the step again.
 */
final class Pin implements Step {
  private final Catalog catalog;
  private final Peers peers;
  private final WantedCopies orders;
  private final NamedSources named;
  private final FeasiblePeers feasible;
  private final CopyPlacement placement;
  private final ObservedCopies observed;
  private final MissingCopies missing;
  private final IngestRelease ingest;
  private final Release release;
  private final ImageRelease going;
  private final InventoryDifferences doubts;
  private final RetryDelays delays;

  Pin(
      Catalog catalog,
      Peers peers,
      WantedCopies orders,
      NamedSources named,
      FeasiblePeers feasible,
      CopyPlacement placement,
      ObservedCopies observed,
      MissingCopies missing,
      IngestRelease ingest,
      Release release,
      ImageRelease going,
      InventoryDifferences doubts,
      RetryDelays delays) {
    this.catalog = catalog;
    this.peers = peers;
    this.orders = orders;
    this.named = named;
    this.feasible = feasible;
    this.placement = placement;
    this.observed = observed;
    this.missing = missing;
    this.ingest = ingest;
    this.release = release;
    this.going = going;
    this.doubts = doubts;
    this.delays = delays;
  }

  @Override
  public Effects handle(Message message, Progress progress)
      throws PermanentFailure, InterruptedException {
    ImageDag imageDag = ImageDag.stored(message.key());
    Cid dag = WantedCopies.cid(imageDag);
    Optional<Copies> order = orders.of(message, catalog.pins().of(imageDag));
    Doubt doubt = doubts.take(imageDag);
    if (order.isEmpty() && !doubt.peers().isEmpty()) {
      order = named.copies(imageDag);
    }
    if (order.isEmpty()) {
      return Effects.NONE;
    }
    Copies copies = order.get();
    if (orders.isForgotten(message, copies)) {
      return going.forget(dag, copies, doubt, () -> orders.isForgotten(message, copies), progress);
    }
    if (message.body() == null && !copies.madeOf().isEmpty() && !orders.isKnown(imageDag)) {
      return going.leaveAlone(dag);
    }
    Fate fate =
        message.body() == null
            ? going.fate(dag, copies, doubt, orders.isKnown(imageDag), progress)
            : new Fate.Stays(PinPhase.KEPT);
    return switch (fate) {
      case Fate.Goes(Effects effects) -> effects;
      case Fate.Stays(PinPhase as) ->
          keep(dag, message, copies, doubt.with(copies.stay(as)), progress);
    };
  }

  private Effects keep(Cid dag, Message message, Copies copies, Doubt doubt, Progress progress)
      throws InterruptedException {
    boolean isPushed = message.body() != null;
    boolean isDoubtful = !doubt.equals(Doubt.NONE) || copies.areUnknown();
    if (!isPushed && !isDoubtful && copies.isOnlyToBeMoved()) {
      return copies.takeChanges();
    }
    copies.endLeftOver();
    if (isPushed || isDoubtful || !mustWait(dag, copies)) {
      observed.record(dag, copies, doubted(copies, doubt, isPushed));
      placement.planMoves(dag, copies, CopyPlacement.waiting(copies));
      // If no reachable peer has it, peers that fetch it would wait in vain.
      if (isPushed || doubt.anywhere() || feasible.isHeldHere(copies)) {
        missing.make(dag, copies, isPushed, orders.share(message), progress);
      }
      ingest.release(
          dag,
          message.body() instanceof Converted converted ? converted : null,
          copies,
          doubt.peers());
    }
    placement.planMoves(dag, copies, CopyPlacement.waiting(copies));
    copies.moves().makeSurplus();
    release.move(dag, copies, progress);
    boolean othersHaveIt = copies.missing() > 0 && feasible.isHeldHere(copies);
    copies.tries().planNext(peer -> othersHaveIt && feasible.isUsable(peer), delays);
    return copies.takeChanges();
  }

  /** Names of the peers to verify in full. */
  private Set<PeerName> doubted(Copies copies, Doubt doubt, boolean isPushed) {
    if (!isPushed && !copies.areUnknown()) {
      return doubt.peers();
    }
    List<Peer> all = copies.areUnknown() ? peers.keepers() : copies.tried();
    return all.stream().map(Peer::name).collect(Collectors.toSet());
  }

  /** Whether all remaining work needs peers that are away: checking others again does not help. */
  private boolean mustWait(Cid dag, Copies copies) throws InterruptedException {
    boolean lacks = copies.missing() > 0;
    boolean holds = !copies.ingestReleased();
    return (lacks || holds)
        && (!lacks || !placement.canBeMade(dag, copies))
        && (!holds || feasible.isAway(copies.ingestPeer()));
  }
}
