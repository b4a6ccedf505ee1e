package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.ImageState;
import dev.longshore.events.PeerState.Rot;
import dev.longshore.events.PinState;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.PinNames;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.pinner.InventoryDifferences.Doubt;
import dev.longshore.runtime.service.endpoint.Endpoints;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces corrupt blocks. Kubo does not write a block that it has, nor remove one that is pinned:
 * so our pins on it are removed, then the block, then it is imported and pinned again. All images
 * that lose their pin meanwhile are recorded as mending first, and have enough copies elsewhere.
 */
final class BlockRepair {
  /** Corrupt blocks of one part replaced at once, in 64 MiB of memory. */
  private static final int BLOCKS = 32;

  /**
   * Interval of searching for new images with a corrupt part, and of trying again what only an
   * operator can fix.
   */
  static final Duration AGAIN = Duration.ofHours(1);

  private static final Logger LOG = LoggerFactory.getLogger(BlockRepair.class);
  private final Catalog catalog;
  private final Peers peers;
  private final PeerWatch watch;
  private final Scrubbing scrubbing;
  private final RottenParts rotten;
  private final PartSearch search;
  private final InventoryDifferences doubts;
  private final Nudges nudges;
  private final String pinPrefix;
  private final PinLimits limits;
  private final RetryDelays delays;
  private final Endpoints endpoints;
  private final InstantSource clock;
  private final Map<Key, Plan> plans = new ConcurrentHashMap<>();

  private record Key(PeerName peer, Cid part) {}

  /**
   * The state of a corrupt part's repair.
   *
   * @param attempts failed tries to mend it
   * @param said the recorded error when its images were last notified
   */
  private record Plan(int attempts, Instant next, String said, Instant lookedFor) {
    /** A time further away than any pause comes from a clock that was since set back. */
    boolean isDue(Instant now) {
      return !now.isBefore(next) || next.isAfter(now.plus(AGAIN));
    }

    boolean isToBeLookedFor(Instant now) {
      return lookedFor.isAfter(now) || lookedFor.plus(AGAIN).isBefore(now);
    }
  }

  /**
   * Why it is not mended.
   *
   * @param pause minimal time to the next try
   */
  private record Obstacle(String why, Duration pause) {
    static Optional<Obstacle> passing(String why) {
      return Optional.of(new Obstacle(why, Duration.ZERO));
    }

    static Optional<Obstacle> ofPin(String what, Peer peer, Object pinned) {
      String why =
          "%s on %s: an operator has to remove it there with ipfs pin rm %s"
              .formatted(what, peer.name(), pinned);
      return Optional.of(new Obstacle(why, AGAIN));
    }
  }

  BlockRepair(
      Catalog catalog,
      Peers peers,
      PeerWatch watch,
      Scrubbing scrubbing,
      RottenParts rotten,
      InventoryDifferences doubts,
      Nudges nudges,
      String pinPrefix,
      PinLimits limits,
      RetryDelays delays,
      Endpoints endpoints,
      InstantSource clock) {
    this.catalog = catalog;
    this.peers = peers;
    this.watch = watch;
    this.scrubbing = scrubbing;
    this.rotten = rotten;
    this.search = new PartSearch(catalog, peers, endpoints, limits.call());
    this.doubts = doubts;
    this.nudges = nudges;
    this.pinPrefix = pinPrefix;
    this.limits = limits;
    this.delays = delays;
    this.endpoints = endpoints;
    this.clock = clock;
  }

  /** Handles all recorded corruption; ends early when interrupted. */
  void run(Hosted host) {
    if (!catalog.isWhole() || host.gapIsOpen().getAsBoolean()) {
      return; // an image that is about to come may have the part
    }
    for (Peer peer : peers.keepers()) {
      rotten.forgetMended(peer.name()).forEach(dag -> ask(dag, peer, host));
      List<Rot> all = rotten.on(peer.name());
      plans.keySet().removeIf(key -> key.peer().equals(peer.name()) && !isAmong(all, key.part()));
      if (watch.isHere(peer) && endpoints.isOpen(peer.endpoint())) {
        attend(peer, all, host);
      }
    }
  }

  private static boolean isAmong(List<Rot> all, Cid part) {
    return all.stream().anyMatch(rot -> rot.part().equals(part));
  }

  private void ask(ImageDag dag, Peer peer, Hosted host) {
    doubts.raise(dag, new Doubt(Set.of(peer.name()), false));
    if (!nudges.ask(dag, host.nudge())) {
      doubts.take(dag);
    }
  }

  private void attend(Peer peer, List<Rot> all, Hosted host) {
    Instant now = clock.instant();
    boolean holds = host.holds().test(peer.name().text());
    Set<Cid> due = new HashSet<>();
    for (Rot rot : all) {
      Plan plan = plan(peer, rot);
      if ((holds && plan.isDue(now)) || plan.isToBeLookedFor(now)) {
        due.add(rot.part());
      }
    }
    @Nullable KuboException failure = lookFor(peer, due);
    for (Rot rot : all) {
      Plan plan = plan(peer, rot);
      if (failure != null && due.contains(rot.part())) {
        plan = failed(plan, peer, rot, failure);
      } else {
        Instant lookedFor = due.contains(rot.part()) ? now : plan.lookedFor();
        boolean mends = holds && plan.isDue(now);
        plan =
            attend(
                peer,
                rot,
                new Plan(plan.attempts(), plan.next(), plan.said(), lookedFor),
                mends,
                host);
      }
      plans.put(new Key(peer.name(), rot.part()), plan);
    }
  }

  private Plan plan(Peer peer, Rot rot) {
    return plans.getOrDefault(
        new Key(peer.name(), rot.part()), new Plan(0, Instant.MIN, "", Instant.MIN));
  }

  /** Searches the images with these parts; returns the failure, if any. */
  private @Nullable KuboException lookFor(Peer peer, Set<Cid> parts) {
    if (parts.isEmpty()) {
      return null;
    }
    try {
      search.images(peer, parts).forEach((part, its) -> rotten.found(peer.name(), part, its));
      return null;
    } catch (KuboException e) {
      return e;
    }
  }

  /**
   * Notifies the images with the part, and mends it once they are recorded as mending.
   *
   * @param mends whether this process has to mend it now
   */
  private Plan attend(Peer peer, Rot rot, Plan before, boolean mends, Hosted host) {
    Set<ImageDag> images = rotten.images(peer.name(), rot.part());
    String said = Objects.requireNonNullElse(rot.error(), "it is brought anew");
    Set<ImageDag> unaware = unaware(peer, images);
    (said.equals(before.said()) ? unaware : images).forEach(dag -> ask(dag, peer, host));
    Plan plan = new Plan(before.attempts(), before.next(), said, before.lookedFor());
    if (!mends || !unaware.isEmpty()) {
      return plan;
    }
    try {
      Optional<Obstacle> obstacle = mend(peer, rot, images, host);
      return obstacle.isEmpty() ? plan : failed(plan, peer, rot, obstacle.get());
    } catch (KuboException e) {
      return failed(plan, peer, rot, e);
    }
  }

  private Plan failed(Plan plan, Peer peer, Rot rot, KuboException e) {
    return e.fault() == Fault.CANCELLED
        ? plan
        : failed(plan, peer, rot, new Obstacle(String.valueOf(e.getMessage()), Duration.ZERO));
  }

  private Plan failed(Plan plan, Peer peer, Rot rot, Obstacle obstacle) {
    String why = obstacle.why();
    if (!why.equals(rot.error())) {
      LOG.warn("block {} of {} stays rotten on {}: {}", rot.block(), rot.part(), peer.name(), why);
    }
    scrubbing.of(peer.name()).ifPresent(scrub -> scrub.notMended(rot.part(), why));
    int attempts = plan.attempts() + 1;
    Duration delay = delays.after(attempts);
    Duration pause = delay.compareTo(obstacle.pause()) > 0 ? delay : obstacle.pause();
    return new Plan(attempts, clock.instant().plus(pause), plan.said(), plan.lookedFor());
  }

  /** The images whose copies are not yet recorded as mending. */
  private Set<ImageDag> unaware(Peer peer, Set<ImageDag> images) {
    Set<ImageDag> unaware = new HashSet<>(images);
    unaware.removeIf(
        dag ->
            catalog.copies().of(dag).copies().stream()
                .anyMatch(
                    copy -> copy.peer().equals(peer.name()) && copy.state() == CopyPhase.MENDING));
    return unaware;
  }

  /** Mends it, or returns why not; a part that is whole by now is only pinned again. */
  private Optional<Obstacle> mend(Peer peer, Rot rot, Set<ImageDag> images, Hosted host)
      throws KuboException {
    if (images.isEmpty()) {
      // They were removed from the peer meanwhile.
      scrubbing.of(peer.name()).ifPresent(scrub -> scrub.mended(rot.part()));
      return Optional.empty();
    }
    Map<Cid, Optional<Block>> bad = search.bad(peer, rot.part(), BLOCKS);
    if (!bad.isEmpty()) {
      Optional<Obstacle> obstacle = replace(peer, bad, images, host);
      if (obstacle.isPresent()) {
        return obstacle;
      }
    }
    pin(peer, images, Map.of());
    if (!search.bad(peer, rot.part(), 1).isEmpty()) {
      return Obstacle.passing("blocks of it still have other bytes than their CIDs say");
    }
    LOG.info(
        "{} is whole again on {}: {} blocks were brought anew",
        rot.part(),
        peer.name(),
        bad.size());
    scrubbing.of(peer.name()).ifPresent(scrub -> scrub.mended(rot.part()));
    return Optional.empty();
  }

  private Optional<Obstacle> replace(
      Peer peer, Map<Cid, Optional<Block>> bad, Set<ImageDag> images, Hosted host)
      throws KuboException {
    for (Map.Entry<Cid, Optional<Block>> block : bad.entrySet()) {
      if (block.getValue().isEmpty()) {
        return Obstacle.passing(
            "no other peer that answers has block %s whole; nothing was removed"
                .formatted(block.getKey()));
      }
    }
    Map<ImageDag, String> names = new HashMap<>();
    Optional<Obstacle> obstacle = pinOfOthers(peer, images, names);
    Instant asked = clock.instant();
    if (obstacle.isEmpty()) {
      obstacle = tooFewOthers(peer, images);
    }
    if (obstacle.isPresent()) {
      return obstacle;
    }
    try {
      for (ImageDag dag : images) {
        peer.node().unpin(dag.cid(), pinPrefix, soon());
      }
      for (Cid cid : bad.keySet()) {
        if (!clock.instant().isBefore(asked.plus(Release.FRESH))) {
          asked = clock.instant();
          obstacle = tooFewOthers(peer, images);
        }
        if (obstacle.isPresent()) {
          return obstacle;
        }
        if (!host.holds().test(peer.name().text()) || !search.isBad(peer, cid)) {
          return Obstacle.passing("somebody else may be mending it; it is looked at again");
        }
        Optional<String> kept = peer.node().removeBlock(cid, soon());
        if (kept.isPresent()) {
          return pinned(peer, cid, kept.get());
        }
      }
      write(peer, bad);
      return Optional.empty();
    } finally {
      pin(peer, images, names);
    }
  }

  /** One of ours that is about to be recorded or removed. */
  private Optional<Obstacle> pinned(Peer peer, Cid block, String how) throws KuboException {
    Set<Cid> ours = new HashSet<>();
    peer.node()
        .pins(
            pin -> {
              boolean holds = pin.root().equals(block) || how.contains(pin.root().toString());
              if (holds && PinNames.isOf(pinPrefix, pin.name())) {
                ours.add(pin.root());
              }
            },
            Deadline.after(limits.verification()));
    return ours.isEmpty()
        ? Obstacle.ofPin(
            "a pin that is no copy holds block %s (%s)".formatted(block, how),
            peer,
            "the root that ipfs pin ls " + block + " names")
        : Obstacle.passing(
            "our pin of %s holds block %s, and no copy of it is recorded as mending yet"
                .formatted(ours.iterator().next(), block));
  }

  private void write(Peer peer, Map<Cid, Optional<Block>> bad) throws KuboException {
    try {
      peer.node()
          .importCar(
              sink -> {
                for (Optional<Block> block : bad.values()) {
                  Block good = block.orElseThrow();
                  sink.put(good.cid(), good.bytes(), 0, good.size());
                }
              },
              Deadline.after(limits.verification()));
    } catch (KuboException e) {
      throw e;
    } catch (IOException | IpfsDataException e) {
      throw new KuboException(
          Fault.FAILED, peer.node().name(), "import blocks", 0, String.valueOf(e.getMessage()), e);
    }
  }

  /** A pin with another owner's name, which stays; collects the names of the others. */
  private Optional<Obstacle> pinOfOthers(
      Peer peer, Set<ImageDag> images, Map<ImageDag, String> names) throws KuboException {
    peer.node()
        .pins(
            pin -> {
              ImageDag dag = new ImageDag(pin.root());
              if (images.contains(dag)) {
                names.put(dag, pin.name());
              }
            },
            Deadline.after(limits.verification()));
    return names.entrySet().stream()
        .filter(pin -> !PinNames.isOf(pinPrefix, pin.getValue()))
        .findFirst()
        .flatMap(
            pin ->
                Obstacle.ofPin(
                    "a pin of somebody else, named '%s', holds %s"
                        .formatted(pin.getValue(), pin.getKey()),
                    peer,
                    pin.getKey()));
  }

  private Optional<Obstacle> tooFewOthers(Peer peer, Set<ImageDag> images) throws KuboException {
    for (ImageDag dag : images) {
      Optional<Obstacle> obstacle = tooFewOthers(peer, dag);
      if (obstacle.isPresent()) {
        return obstacle;
      }
    }
    return Optional.empty();
  }

  /**
   * Checks each other copy now: recorded ones may be gone. If all remaining copies need mending,
   * the peer with the first name is mended from the others, which wait.
   */
  private Optional<Obstacle> tooFewOthers(Peer peer, ImageDag dag) throws KuboException {
    Optional<PinState> pin = catalog.pins().of(dag);
    int wanted = pin.map(PinState::wanted).orElse(1);
    int least =
        Math.max(1, pin.map(PinState::min).map(min -> Math.min(min, wanted)).orElse(wanted));
    List<CopiesState.Copy> copies = catalog.copies().of(dag).copies();
    int whole = pinned(CopyPhase.VERIFIED, peer, dag, copies);
    int mending = pinned(CopyPhase.MENDING, peer, dag, copies);
    boolean isFirst =
        copies.stream()
            .filter(copy -> copy.state() == CopyPhase.MENDING)
            .noneMatch(copy -> copy.peer().text().compareTo(peer.name().text()) < 0);
    return whole >= least || (isFirst && mending > 0 && whole + mending >= least)
        ? Optional.empty()
        : Obstacle.passing(
            "without this one %s has %d copies that answer, of at least %d; it waits for others, or for another peer"
                .formatted(dag, whole, least));
  }

  private int pinned(CopyPhase state, Peer but, ImageDag dag, List<CopiesState.Copy> copies)
      throws KuboException {
    int pinned = 0;
    for (CopiesState.Copy copy : copies) {
      Optional<Peer> peer = peers.find(copy.peer()).filter(p -> p.keeps() && !p.equals(but));
      if (copy.state() == state && peer.isPresent() && endpoints.isOpen(peer.get().endpoint())) {
        pinned += peer.get().node().isPinned(dag.cid(), soon()) ? 1 : 0;
      }
    }
    return pinned;
  }

  /** Restores the pins' former names, if known. A failure does not stop the others. */
  private void pin(Peer peer, Set<ImageDag> images, Map<ImageDag, String> names)
      throws KuboException {
    @Nullable KuboException failure = null;
    for (ImageDag dag : images) {
      try {
        pin(peer, dag, names.get(dag));
      } catch (KuboException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void pin(Peer peer, ImageDag dag, @Nullable String name) throws KuboException {
    if (name != null || !peer.node().isPinned(dag.cid(), soon())) {
      peer.node()
          .pin(
              dag.cid(),
              name == null ? PinNames.copy(pinPrefix, sources(dag)) : name,
              limits.stall(),
              Deadline.after(limits.whole()),
              PinProgress.NONE);
    }
  }

  private Set<Digest> sources(ImageDag dag) {
    return catalog.conversions().byDag(dag).stream()
        .map(ImageState::digest)
        .collect(Collectors.toSet());
  }

  private Deadline soon() {
    return Deadline.after(limits.call());
  }
}
