package dev.longshore.converter.ingest;

import dev.longshore.ipfs.hold.HoldName;
import dev.longshore.ipfs.hold.HoldNode;
import dev.longshore.ipfs.node.PinNames;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.InstallationName;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The holds of this process's conversions, and what is left of others. */
public final class Holds {
  /**
   * Life of a hold beyond the longest time that its blocks may take to come: conversions wait for
   * each other and for registries.
   */
  static final Duration LEFT_AFTER = Duration.ofDays(1);

  /** Another try holds all of it anew if less than this is left beyond its own time. */
  private static final Duration RENEWED_BEFORE = LEFT_AFTER.dividedBy(2);

  private static final Logger LOG = LoggerFactory.getLogger(Holds.class);
  private final IngestPeer peer;
  private final String pinPrefix;
  private final InstantSource clock;
  private final String process;
  private final AtomicLong last = new AtomicLong();
  private final Predicate<Digest> isPinners;

  /** Ids of conversions under way. */
  private final Set<String> running = new HashSet<>();

  /** Of conversions that will be tried again, by source digest. */
  private final Map<Digest, HeldBefore> waiting = new HashMap<>();

  /** Nodes that could not be let go of. */
  private final Set<Cid> left = new HashSet<>();

  private boolean unused;

  /** No hold of this process yet, and nothing forgotten. */
  Holds(IngestPeer peer, InstallationName installation, InstantSource clock) {
    this(peer, installation, clock, _ -> false);
  }

  /**
   * No hold of this process yet.
   *
   * @param isPinners whether the pinner ends the holds of this source digest: it is forgotten
   */
  public Holds(
      IngestPeer peer,
      InstallationName installation,
      InstantSource clock,
      Predicate<Digest> isPinners) {
    this.isPinners = isPinners;
    this.peer = peer;
    this.pinPrefix = PinNames.prefix(installation);
    this.clock = clock;
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    this.process = HexFormat.of().formatHex(random);
  }

  /**
   * The hold of a conversion that begins.
   *
   * @param image the source digest
   * @param bytes approximate size of the image
   * @param forgotten whether people decided to forget it
   */
  public synchronized ConversionHold begin(Digest image, long bytes, BooleanSupplier forgotten) {
    Instant sure = clock.instant().plus(IngestPeer.longest(bytes));
    Instant until = sure.plus(LEFT_AFTER);
    HoldName name =
        HoldName.of(
            pinPrefix,
            until.truncatedTo(ChronoUnit.SECONDS),
            process + "-" + Long.toHexString(last.incrementAndGet()),
            image);
    running.add(name.id());
    HeldBefore before =
        Objects.requireNonNullElseGet(waiting.remove(image), () -> HeldBefore.nothing(until));
    if (before.until().isBefore(sure.plus(RENEWED_BEFORE))) {
      before = before.renewed(until);
    }
    return new ConversionHold(peer, this, name, image, before, forgotten);
  }

  /** Whether what is held for the image is not for this process to end. */
  boolean isPinners(Digest image) {
    return isPinners.test(image);
  }

  /**
   * @param next for the next try
   * @param gone nodes that nobody needs
   */
  void ended(ConversionHold hold, HeldBefore next, Set<Cid> gone) {
    synchronized (this) {
      running.remove(hold.id());
      if (!next.nodes().isEmpty()) {
        waiting.merge(hold.image(), next, HeldBefore::and);
      }
      left.addAll(gone);
    }
    try {
      letGo(gone);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The image is whole elsewhere: the next sweep takes off what another try would have used. */
  public synchronized void end(Digest image) {
    HeldBefore before = waiting.remove(image);
    if (before != null) {
      left.addAll(before.nodes());
    }
  }

  private void letGo(Set<Cid> nodes) throws InterruptedException {
    try {
      peer.unpinAll(List.copyOf(nodes));
      synchronized (this) {
        left.removeAll(nodes);
      }
    } catch (TransientFailure | PermanentFailure e) {
      LOG.info(
          "{} pins that hold blocks of conversions stay for now: {}", nodes.size(), e.getMessage());
    }
  }

  /**
   * Takes off what holds blocks for nobody: of conversions that ended long ago, and what this
   * process could not take off before. Those of forgotten images are the pinner's to end; no next
   * try relies on them.
   *
   * @param forgotten source digests
   * @return whether nothing of that is left
   */
  public boolean sweep(Supplier<Set<Digest>> forgotten)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Map<Cid, HoldName> found = ours();
    Set<Digest> images = found.isEmpty() ? Set.of() : forgotten.get();
    Instant now = clock.instant();
    Set<Cid> gone = new HashSet<>();
    Set<Cid> pinners = new HashSet<>();
    found.forEach(
        (node, name) -> {
          if (images.stream().anyMatch(name::isOf)) {
            pinners.add(node);
          } else if (isNobodys(name, now)) {
            gone.add(node);
          }
        });
    synchronized (this) {
      waiting.replaceAll((_, before) -> before.without(gone).without(pinners));
      waiting.values().removeIf(before -> before.nodes().isEmpty());
      gone.addAll(left);
    }
    if (!gone.isEmpty()) {
      letGo(gone);
      LOG.info("{} pins held blocks for nobody", gone.size());
    }
    found.keySet().removeAll(gone);
    synchronized (this) {
      unused = found.isEmpty() && running.isEmpty() && left.isEmpty();
      return left.isEmpty();
    }
  }

  /** Whether the peer had no hold any more when it was looked through last. */
  public synchronized boolean isUnused() {
    return unused;
  }

  /** This installation's holds on the peer. */
  private Map<Cid, HoldName> ours()
      throws TransientFailure, PermanentFailure, InterruptedException {
    List<Cid> nodes = new ArrayList<>();
    peer.pins(
        pin -> {
          if (HoldNode.mayBe(pin)) {
            nodes.add(pin.root());
          }
        });
    Map<Cid, HoldName> ours = new HashMap<>();
    for (Cid node : nodes) {
      peer.localBlock(node)
          .flatMap(HoldNode::name)
          .flatMap(text -> HoldName.parse(pinPrefix, text))
          .ifPresent(name -> ours.put(node, name));
    }
    return ours;
  }

  private synchronized boolean isNobodys(HoldName name, Instant now) {
    return name.until().isBefore(now) && !running.contains(name.id());
  }
}
