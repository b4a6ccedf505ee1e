package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Converted;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.MalformedCidException;
import dev.longshore.model.PeerName;
import dev.longshore.pinner.CopyEvent.TryFailed;
import dev.longshore.pinner.Doubts.Doubt;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.turns.Share;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The pinner's step: brings an image DAG to as many verified copies as were asked for, each on a
 * peer of its own, reports every transition, and lets the ingest peer go when others hold the DAG.
 * What cannot be reached now is left to {@link Repair}, which asks for the same step again.
 */
final class Pin implements Step {
  /** No peer has the blocks already. */
  private static final PeerName NOWHERE = new PeerName("");

  private final Catalog catalog;
  private final SureCatalog sure;
  private final Peers peers;
  private final Orders orders;
  private final Copier copier;
  private final CopyRound copyRound;
  private final Storage storage;
  private final Room room;
  private final IngestRelease ingest;
  private final Release release;
  private final LettingGo going;
  private final Losses losses;
  private final Doubts doubts;
  private final RottenParts rotten;
  private final PeerDecisions decisions;
  private final HeldMoves held;
  private final RetryDelays delays;
  private final Endpoints endpoints;

  Pin(
      Catalog catalog,
      SureCatalog sure,
      Peers peers,
      Orders orders,
      Copier copier,
      CopyRound copyRound,
      Storage storage,
      Room room,
      IngestRelease ingest,
      Release release,
      LettingGo going,
      Losses losses,
      Doubts doubts,
      RottenParts rotten,
      PeerDecisions decisions,
      HeldMoves held,
      RetryDelays delays,
      Endpoints endpoints) {
    this.catalog = catalog;
    this.sure = sure;
    this.peers = peers;
    this.orders = orders;
    this.copier = copier;
    this.copyRound = copyRound;
    this.storage = storage;
    this.room = room;
    this.ingest = ingest;
    this.release = release;
    this.going = going;
    this.losses = losses;
    this.doubts = doubts;
    this.rotten = rotten;
    this.decisions = decisions;
    this.held = held;
    this.delays = delays;
    this.endpoints = endpoints;
  }

  @Override
  public Effects handle(Message message, Progress progress)
      throws PermanentFailure, InterruptedException {
    ImageDag imageDag = ImageDag.stored(message.key());
    Cid dag = cid(imageDag);
    Optional<PinState> before = catalog.pins().of(imageDag);
    Optional<Copies> order = orders.of(message, before);
    if (order.isEmpty()) {
      return Effects.NONE;
    }
    Copies copies = order.get();
    Doubt doubt = doubts.take(imageDag);
    boolean isPushed = message.body() != null;
    if (orders.isForgotten(message)) {
      release.release(
          dag,
          copies,
          doubt.peers(),
          () -> orders.isForgotten(message),
          Release.Blocks.GO,
          progress);
      copies.planNextReleases(delays);
      return copies.takeChanges();
    }
    boolean isUnknown = !isPushed && !orders.isKnown(imageDag);
    if (isUnknown && !copies.stays() && !going.isNeededAgain(imageDag, copies)) {
      // Its image is about to come, and may be forgotten; or it was let go.
      return going.end(dag, copies, progress);
    }
    PinPhase as = PinPhase.KEPT;
    if (!isPushed) {
      switch (going.verdict(imageDag)) {
        case TO_GO -> {
          if (!going.waits(imageDag, copies)) {
            return going.goOn(dag, copies, doubt, progress);
          }
          as = PinPhase.SURPLUS;
        }
        case UNKNOWN -> {
          if (!copies.stays()) {
            return Effects.NONE;
          }
          as = copies.phase();
        }
        case WANTED -> {}
      }
    }
    doubt = doubt.with(copies.stay(as));
    boolean isDoubtful = !doubt.equals(Doubt.NONE) || copies.areUnknown();
    if (!isPushed && !isDoubtful && copies.isOnlyToBeMoved()) {
      return copies.takeChanges();
    }
    copies.endLeftOver();
    if (isPushed || isDoubtful || !mustWait(dag, copies)) {
      correct(dag, copies, doubted(copies, doubt, isPushed));
      place(dag, copies, waiting(copies));
      // Of what nobody has who is here, those that were asked to fetch it would wait in vain.
      if (isPushed || doubt.anywhere() || isHeldHere(copies)) {
        makeMissing(dag, copies, isPushed, orders.share(message), progress);
      }
      ingest.release(
          dag,
          message.body() instanceof Converted converted ? converted : null,
          copies,
          doubt.peers());
    }
    place(dag, copies, waiting(copies));
    copies.makeSurplus();
    release.move(dag, copies, progress);
    boolean othersHaveIt = copies.missing() > 0 && isHeldHere(copies);
    copies.planNextTries(peer -> othersHaveIt && isUsable(peer), delays);
    return copies.takeChanges();
  }

  /** Names of the peers that are to be looked at in full. */
  private Set<PeerName> doubted(Copies copies, Doubt doubt, boolean isPushed) {
    if (copies.areUnknown()) {
      return names(peers.keepers());
    }
    return isPushed ? names(copies.tried()) : doubt.peers();
  }

  private boolean isUsable(Peer peer) {
    return endpoints.isOpen(peer.endpoint()) && !losses.isLost(peer);
  }

  /**
   * Makes the copies that are missing.
   *
   * @param all whether peers are tried again whose time has not come
   */
  private void makeMissing(Cid dag, Copies copies, boolean all, Share share, Progress progress)
      throws InterruptedException {
    Set<PeerName> tried = new HashSet<>(all ? Set.of() : waiting(copies));
    for (List<Peer> chosen = choose(dag, copies, tried);
        !chosen.isEmpty();
        chosen = choose(dag, copies, tried)) {
      chosen.forEach(peer -> tried.add(peer.name()));
      copyRound.make(dag, chosen, peer -> bytes(dag, peer, copies), copies, share, progress);
      // A better peer that failed is no reason to have a copy made on one that is as good.
      place(dag, copies, tried);
    }
    sayWhoHasNoRoom(dag, copies, tried);
  }

  private static Set<PeerName> waiting(Copies copies) {
    return copies.tried().stream()
        .filter(copies::mustWait)
        .map(Peer::name)
        .collect(Collectors.toSet());
  }

  /** Peers that were passed over for want of room are the reason why a copy is missing. */
  private void sayWhoHasNoRoom(Cid dag, Copies copies, Set<PeerName> tried)
      throws InterruptedException {
    if (copies.missing() == 0) {
      return;
    }
    List<Peer> others = open(peers.keepers());
    others.removeIf(peer -> !copies.mayBeMade(peer) || tried.contains(peer.name()));
    for (Peer peer : others) {
      long bytes = bytes(dag, peer, copies);
      if (!room.fits(peer, bytes)) {
        copies.set(peer, new TryFailed(room.objection(peer, bytes), false));
      } else {
        storage.trouble(peer).ifPresent(full -> copies.set(peer, new TryFailed(full, false)));
      }
    }
  }

  private static Cid cid(ImageDag dag) throws PermanentFailure {
    try {
      return dag.cid();
    } catch (MalformedCidException e) {
      throw new PermanentFailure(
          "MALFORMED_CID",
          "'%s' was to be pinned but is no CID: %s".formatted(dag, e.getMessage()),
          e);
    }
  }

  /**
   * Whether all that is left to do needs peers that are away: asking others again mends nothing.
   */
  private boolean mustWait(Cid dag, Copies copies) throws InterruptedException {
    boolean lacks = copies.missing() > 0;
    boolean holds = !copies.ingestReleased();
    return (lacks || holds)
        && (!lacks || !isHeldHere(copies) || choose(dag, copies, waiting(copies)).isEmpty())
        && (!holds || isAway(copies.ingestPeer()));
  }

  private boolean isAway(@Nullable PeerName peer) {
    return peer != null
        && peers.find(peer).filter(p -> !endpoints.isOpen(p.endpoint())).isPresent();
  }

  /** Whether a peer that answers has it, or the converter's pin still holds it. */
  private boolean isHeldHere(Copies copies) {
    return !open(copies.ingestReleased() ? copies.holders() : copies.sources()).isEmpty();
  }

  /**
   * Makes the record say what the peers have.
   *
   * @param doubted names of the peers whose copies are looked at in full; of others, their pin
   */
  private void correct(Cid dag, Copies copies, Set<PeerName> doubted) throws InterruptedException {
    heedRot(dag, copies);
    for (Peer peer : open(copies.verified())) {
      if (doubted.contains(peer.name())) {
        copier.look(dag, peer).ifPresent(found -> copies.set(peer, found));
      } else if (!copier.stillPinned(dag, peer)) {
        copies.set(peer, CopyEvent.Missing.PIN);
      }
    }
    List<Peer> lost = losses.among(copies.verified());
    if (!losses.guardStops() || canBeMade(dag, copies)) {
      lost.forEach(peer -> copies.set(peer, losses.reason(peer)));
    }
    takeBack(dag, copies, doubted);
  }

  /** What rots is mended by {@link Mending}, which waits until it is recorded. */
  private void heedRot(Cid dag, Copies copies) throws InterruptedException {
    ImageDag image = new ImageDag(dag);
    for (Peer peer : copies.tried()) {
      Optional<CopyEvent.Rotten> rot = rotten.trouble(peer.name(), image);
      if (rot.isPresent()) {
        copies.set(peer, rot.get());
      } else if (copies.isMending(peer)
          && rotten.isWhole(peer.name(), image)
          && endpoints.isOpen(peer.endpoint())) {
        copier.look(dag, peer).ifPresent(found -> copies.mended(peer, found));
      }
    }
  }

  /** Records what doubted peers turn out to have that have no copy which counts. */
  private void takeBack(Cid dag, Copies copies, Set<PeerName> doubted) throws InterruptedException {
    List<Peer> others = open(peers.keepers());
    others.removeAll(copies.holders());
    others.removeIf(losses::isLost);
    for (Peer peer : others) {
      if (doubted.contains(peer.name()) || (copies.isSurplus(peer) && copies.missing() > 0)) {
        copier.look(dag, peer).ifPresent(found -> copies.found(peer, found));
      }
    }
  }

  private List<Peer> open(List<Peer> some) {
    return some.stream()
        .filter(peer -> endpoints.isOpen(peer.endpoint()))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  /** Whether another copy can be made now: there is somebody who has it, and one who has not. */
  private boolean canBeMade(Cid dag, Copies copies) throws InterruptedException {
    return isHeldHere(copies) && !choose(dag, copies, waiting(copies), 1).isEmpty();
  }

  private static Set<PeerName> names(List<Peer> peers) {
    return peers.stream().map(Peer::name).collect(Collectors.toSet());
  }

  private List<Peer> choose(Cid dag, Copies copies, Set<PeerName> tried)
      throws InterruptedException {
    return choose(dag, copies, tried, copies.missing());
  }

  /**
   * Decides which copies are to go for better ones. None while a guard stops the repair of lost
   * peers or what changed rules let go, nor by a catalog that may not have all names.
   *
   * @param tried names of peers that are not to be tried now
   */
  private void place(Cid dag, Copies copies, Set<PeerName> tried) throws InterruptedException {
    if (losses.guardStops() || held.stops() || !sure.tellsAll()) {
      copies.noneMisplaced();
    } else {
      copies.misplaced(
          Placement.leaving(
              dag, copies.rule(), peers.keepers(), copies.settled(), unfit(dag, copies, tried)));
    }
  }

  private List<Peer> choose(Cid dag, Copies copies, Set<PeerName> tried, int count)
      throws InterruptedException {
    return Placement.choose(
        dag,
        copies.rule(),
        peers.keepers(),
        copies.staying(),
        unfit(dag, copies, tried),
        copies.ingestReleased() ? NOWHERE : copies.ingestPeer(),
        replacements(copies),
        count);
  }

  /** Names of peers on which no copy can be made now. */
  private Set<PeerName> unfit(Cid dag, Copies copies, Set<PeerName> tried)
      throws InterruptedException {
    Set<PeerName> excluded = new HashSet<>(tried);
    Set<PeerName> unwilling = new HashSet<>(decisions.onHold());
    unwilling.addAll(decisions.draining());
    for (Peer peer : peers.keepers()) {
      if (unwilling.contains(peer.name())
          || !endpoints.isOpen(peer.endpoint())
          || !copies.mayBeMade(peer)
          || losses.isLost(peer)
          || storage.isFull(peer)
          || !room.fits(peer, bytes(dag, peer, copies))) {
        excluded.add(peer.name());
      }
    }
    return excluded;
  }

  private Set<PeerName> replacements(Copies copies) {
    return copies.moving().stream()
        .flatMap(peer -> decisions.replacement(peer.name()).stream())
        .collect(Collectors.toSet());
  }

  /** What a copy may add to the peer: the image, unless the converter wrote it there. */
  private long bytes(Cid dag, Peer peer, Copies copies) {
    boolean isThere = !copies.ingestReleased() && peer.name().equals(copies.ingestPeer());
    return isThere
        ? 0
        : catalog
            .conversions()
            .firstByDag(new ImageDag(dag))
            .map(ImageState::bytes)
            .orElse(copies.announcedBytes());
  }
}
