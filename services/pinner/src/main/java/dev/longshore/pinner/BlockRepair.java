package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.PeerState.Rot;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.Cid;
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
  private final RepairPins pins;
  private final OtherCopies others;
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
    this.pins = new RepairPins(catalog, pinPrefix, limits);
    this.others = new OtherCopies(catalog, peers, limits, endpoints);
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
      Optional<RepairObstacle> obstacle = mend(peer, rot, images, host);
      return obstacle.isEmpty() ? plan : failed(plan, peer, rot, obstacle.get());
    } catch (KuboException e) {
      return failed(plan, peer, rot, e);
    }
  }

  private Plan failed(Plan plan, Peer peer, Rot rot, KuboException e) {
    return e.fault() == Fault.CANCELLED
        ? plan
        : failed(
            plan, peer, rot, new RepairObstacle(String.valueOf(e.getMessage()), Duration.ZERO));
  }

  private Plan failed(Plan plan, Peer peer, Rot rot, RepairObstacle obstacle) {
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
  private Optional<RepairObstacle> mend(Peer peer, Rot rot, Set<ImageDag> images, Hosted host)
      throws KuboException {
    if (images.isEmpty()) {
      // They were removed from the peer meanwhile.
      scrubbing.of(peer.name()).ifPresent(scrub -> scrub.mended(rot.part()));
      return Optional.empty();
    }
    Map<Cid, Optional<Block>> bad = search.bad(peer, rot.part(), BLOCKS);
    if (!bad.isEmpty()) {
      Optional<RepairObstacle> obstacle = replace(peer, bad, images, host);
      if (obstacle.isPresent()) {
        return obstacle;
      }
    }
    pins.restore(peer, images, Map.of());
    if (!search.bad(peer, rot.part(), 1).isEmpty()) {
      return RepairObstacle.passing("blocks of it still have other bytes than their CIDs say");
    }
    LOG.info(
        "{} is whole again on {}: {} blocks were brought anew",
        rot.part(),
        peer.name(),
        bad.size());
    scrubbing.of(peer.name()).ifPresent(scrub -> scrub.mended(rot.part()));
    return Optional.empty();
  }

  private Optional<RepairObstacle> replace(
      Peer peer, Map<Cid, Optional<Block>> bad, Set<ImageDag> images, Hosted host)
      throws KuboException {
    for (Map.Entry<Cid, Optional<Block>> block : bad.entrySet()) {
      if (block.getValue().isEmpty()) {
        return RepairObstacle.passing(
            "no other peer that answers has block %s whole; nothing was removed"
                .formatted(block.getKey()));
      }
    }
    Map<ImageDag, String> names = new HashMap<>();
    Optional<RepairObstacle> obstacle = pins.ofOthers(peer, images, names);
    Instant asked = clock.instant();
    if (obstacle.isEmpty()) {
      obstacle = others.tooFew(peer, images);
    }
    if (obstacle.isPresent()) {
      return obstacle;
    }
    try {
      pins.remove(peer, images);
      for (Cid cid : bad.keySet()) {
        if (!clock.instant().isBefore(asked.plus(Release.FRESH))) {
          asked = clock.instant();
          obstacle = others.tooFew(peer, images);
        }
        if (obstacle.isPresent()) {
          return obstacle;
        }
        if (!host.holds().test(peer.name().text()) || !search.isBad(peer, cid)) {
          return RepairObstacle.passing("somebody else may be mending it; it is looked at again");
        }
        Optional<String> kept = peer.node().removeBlock(cid, soon());
        if (kept.isPresent()) {
          return pins.on(peer, cid, kept.get());
        }
      }
      write(peer, bad);
      return Optional.empty();
    } finally {
      pins.restore(peer, images, names);
    }
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

  private Deadline soon() {
    return Deadline.after(limits.call());
  }
}
