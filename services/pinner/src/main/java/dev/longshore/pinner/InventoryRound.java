package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopiesState.Copy;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.MalformedCidException;
import dev.longshore.model.PeerName;
import dev.longshore.pinner.InventoryDifferences.Doubt;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One comparison of peers' pins with the records. */
final class InventoryRound {
  /** Records that are read at once. */
  static final int PAGE = 500;

  private static final Logger LOG = LoggerFactory.getLogger(InventoryRound.class);
  private final Catalog catalog;
  private final Peers peers;
  private final PeerWatch watch;
  private final LostPeers losses;
  private final RottenParts rotten;
  private final Map<PeerName, PinSet> pins;
  private final boolean adopts;
  private final Asking asking;
  private final Set<PeerName> draining;
  private final Set<PeerName> onHold;

  /** Fixed for the whole round: a peer that goes and returns would seem to have stayed. */
  private final Map<PeerName, Boolean> here = new HashMap<>();

  private final Samples samples;
  private boolean foundNothing = true;

  /**
   * All inputs of a comparison while every peer that keeps copies lists its pins. Equal inputs are
   * not compared again: with very many images that takes seconds.
   *
   * @param changes number of changes of the records
   * @param pins fingerprints of these peers' pins, and of others that list theirs
   * @param here which peers answer
   */
  record Seen(
      long changes,
      Map<PeerName, PinSet.Print> pins,
      Map<PeerName, Boolean> here,
      Set<PeerName> draining,
      Set<PeerName> onHold) {}

  /** Requests the step for an image that differs at these peers. */
  @FunctionalInterface
  interface Asking {
    void ask(ImageDag dag, Doubt doubt);
  }

  /**
   * @param pins of the peers that listed all of theirs
   * @param adopts whether to ask for copies that no record has
   */
  InventoryRound(
      Catalog catalog,
      Peers peers,
      PeerWatch watch,
      LostPeers losses,
      PeerDecisions decisions,
      RottenParts rotten,
      Map<PeerName, PinSet> pins,
      boolean adopts,
      Asking asking,
      InstantSource clock) {
    this.catalog = catalog;
    this.peers = peers;
    this.watch = watch;
    this.losses = losses;
    this.rotten = rotten;
    this.pins = pins;
    this.adopts = adopts;
    this.asking = asking;
    this.draining = decisions.draining();
    this.onHold = decisions.onHold();
    this.samples = new Samples(clock.instant().toEpochMilli());
    peers.all().forEach(this::isHere);
  }

  /** The inputs; empty if some may change unnoticed. */
  Optional<Seen> seen(long changed) {
    Set<PeerName> keepers = peers.keepers().stream().map(Peer::name).collect(Collectors.toSet());
    if (!adopts || !pins.keySet().containsAll(keepers)) {
      return Optional.empty();
    }
    Map<PeerName, PinSet.Print> prints = new HashMap<>();
    pins.forEach((peer, its) -> prints.put(peer, its.print()));
    return Optional.of(new Seen(changed, prints, Map.copyOf(here), draining, onHold));
  }

  /** Whether there was nothing to request, and no copy is in a transient state. */
  boolean foundNothing() {
    return foundNothing;
  }

  /** Samples pins that match the records. */
  void sampleAll() {
    for (Peer peer : peers.keepers()) {
      Objects.requireNonNull(pins.get(peer.name())).sample().forEach(dag -> samples.add(peer, dag));
    }
  }

  /**
   * Compares all records.
   *
   * @param hollow names of peers with pins but without blocks
   */
  void compare(Set<PeerName> hollow) {
    ImageDag after = null;
    List<PinState> page;
    do {
      page = catalog.pins().page(after, PAGE);
      List<CopiesState> copies = catalog.copies().of(page);
      for (int i = 0; i < page.size(); i++) {
        compare(page.get(i), copies.get(i), hollow);
      }
      after = page.isEmpty() ? null : page.getLast().imageDag();
    } while (page.size() == PAGE && !Thread.currentThread().isInterrupted());
  }

  private void compare(PinState pin, CopiesState copies, Set<PeerName> hollow) {
    Set<PeerName> doubtful =
        PinRecord.stays(pin) ? doubtful(pin, copies, hollow) : pinnedOn(pin.imageDag());
    if (!doubtful.isEmpty()
        || pin.state() == PinPhase.RELEASING
        || hasToMove(pin, copies)
        || isUnrecorded(pin, copies)
        || wasLeftAlone(pin, copies)) {
      ask(pin.imageDag(), doubtful);
    }
  }

  /** Requests images without a record of their copies, where they are. */
  void askFor(Set<ImageDag> unrecorded) {
    unrecorded.forEach(dag -> ask(dag, pinnedOn(dag)));
  }

  private void ask(ImageDag dag, Set<PeerName> doubtful) {
    foundNothing = false;
    asking.ask(dag, new Doubt(doubtful, false));
  }

  /** Whether the record is of the first releases, or the one of its copies is lost. */
  private boolean isUnrecorded(PinState pin, CopiesState copies) {
    boolean ofFirstReleases = pin.verifiedCount() == null;
    return (ofFirstReleases || (pin.verified() > 0 && copies.copies().isEmpty()))
        && hasCid(pin.imageDag());
  }

  /** The step rejects other keys for good. */
  private static boolean hasCid(ImageDag dag) {
    try {
      var _ = dag.cid();
      return true;
    } catch (MalformedCidException e) {
      return false; // said above
    }
  }

  private boolean hasToMove(PinState pin, CopiesState copies) {
    boolean canMove = staying(copies) >= pin.wanted() || canTake(copies);
    return copies.copies().stream()
        .anyMatch(
            copy ->
                switch (copy.state()) {
                  case RELEASING -> true;
                  case GONE -> false;
                  default -> canMove && draining.contains(copy.peer());
                });
  }

  private long staying(CopiesState copies) {
    return peers.verified(copies).stream().filter(peer -> !draining.contains(peer.name())).count();
  }

  /** Whether a peer without a copy is available to get one. */
  private boolean canTake(CopiesState copies) {
    List<Peer> holders = peers.verified(copies);
    return peers.keepers().stream()
        .anyMatch(
            peer ->
                isHere(peer)
                    && !holders.contains(peer)
                    && !draining.contains(peer.name())
                    && !onHold.contains(peer.name())
                    && !losses.isLost(peer));
  }

  /** Peers that still pin a released image. Another owner's pin matters only to a forget. */
  private Set<PeerName> pinnedOn(ImageDag dag) {
    Cid cid = dag.cid();
    boolean byAnyone = catalog.decisions().isForgotten(dag);
    return pins.entrySet().stream()
        .filter(peer -> byAnyone ? peer.getValue().contains(cid) : peer.getValue().isOurs(cid))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /**
   * Whether work could be done now but nothing will request it: the process that was to wake it
   * ended, or lost its partition.
   */
  private boolean wasLeftAlone(PinState pin, CopiesState copies) {
    List<Peer> holders = peers.verified(copies);
    boolean held = !pin.ingestReleased() && isHere(pin.ingestPeer());
    int least = Objects.requireNonNullElse(pin.min(), pin.wanted());
    if (pin.isFinished() || copies.copies().stream().anyMatch(c -> c.nextTryAt() != null)) {
      return false;
    }
    boolean canBeMade =
        holders.size() < pin.wanted()
            && (held || holders.stream().anyMatch(this::isHere))
            && peers.keepers().stream()
                .anyMatch(p -> !holders.contains(p) && isHere(p) && !losses.isLost(p));
    return canBeMade || (held && holders.stream().filter(this::isHere).count() >= least);
  }

  private boolean isHere(@Nullable PeerName name) {
    return name != null && peers.find(name).filter(this::isHere).isPresent();
  }

  private boolean isHere(Peer peer) {
    return here.computeIfAbsent(peer.name(), _ -> watch.isHere(peer));
  }

  private Set<PeerName> doubtful(PinState pin, CopiesState copies, Set<PeerName> hollow) {
    Set<PeerName> doubtful = new HashSet<>();
    Cid dag;
    try {
      dag = pin.imageDag().cid();
    } catch (MalformedCidException e) {
      LOG.debug("a record of copies is passed over: {}", e.getMessage());
      return doubtful;
    }
    losses.among(peers.verified(copies)).forEach(peer -> doubtful.add(peer.name()));
    for (Copy copy : copies.copies()) {
      if (hollow.contains(copy.peer()) || isDoubtful(pin, copy, dag)) {
        doubtful.add(copy.peer());
      }
      foundNothing &= isSettled(copy, dag);
    }
    if (adopts) {
      doubtful.addAll(unlisted(pin, copies, dag));
    }
    return doubtful;
  }

  /** Whether its next state depends on pins and records alone. */
  private boolean isSettled(Copy copy, Cid dag) {
    @Nullable PinSet its = pins.get(copy.peer());
    return switch (copy.state()) {
      case GONE -> true;
      case MENDING -> false;
      case VERIFIED, SURPLUS -> its != null;
      // Pins in these phases may lack blocks, which says nothing about the peer's other copies.
      case QUEUED, COPYING, VERIFYING, STALLED, FAILED, LOST, RELEASING, UNKNOWN ->
          its != null && !its.contains(dag);
    };
  }

  /** Names of peers with an unrecorded pin of ours for it. */
  private Set<PeerName> unlisted(PinState pin, CopiesState copies, Cid dag) {
    Set<PeerName> unlisted = new HashSet<>();
    pins.forEach(
        (peer, its) -> {
          if (its.isOurs(dag)) {
            unlisted.add(peer);
          }
        });
    if (!pin.ingestReleased()) {
      unlisted.remove(pin.ingestPeer());
    }
    for (Copy copy : copies.copies()) {
      switch (copy.state()) {
        // A lost copy may be back; one that was checked and incomplete has failed.
        case LOST, STALLED, GONE -> {}
        default -> unlisted.remove(copy.peer());
      }
    }
    return unlisted;
  }

  private boolean isDoubtful(PinState pin, Copy copy, Cid dag) {
    Optional<Peer> peer = peers.find(copy.peer()).filter(Peer::keeps);
    @Nullable PinSet its = pins.get(copy.peer());
    return switch (copy.state()) {
      case VERIFIED -> {
        if (peer.isEmpty()) {
          yield true;
        }
        if (its == null) {
          yield false;
        }
        boolean pinned = its.contains(dag);
        if (pinned) {
          samples.add(peer.get(), dag);
        }
        yield !pinned;
      }
      // The peer may have returned with its blocks; where no copy is missing, the pin goes.
      case STALLED, LOST -> its != null && its.contains(dag);
      case FAILED ->
          its != null
              && its.contains(dag)
              && (pin.verified() < pin.wanted() || copy.nextTryAt() == null);
      case SURPLUS -> pin.verified() < pin.wanted() || (its != null && !its.contains(dag));
      case MENDING -> rotten.isWhole(copy.peer(), pin.imageDag());
      case QUEUED, COPYING, VERIFYING, RELEASING, GONE, UNKNOWN -> false;
    };
  }

  /**
   * Names of peers with pins but without the blocks: Kubo stores them separately.
   *
   * @param limit of a call to a peer
   */
  Set<PeerName> withoutBlocks(Duration limit) {
    return samples.withoutBlocks(limit);
  }
}
