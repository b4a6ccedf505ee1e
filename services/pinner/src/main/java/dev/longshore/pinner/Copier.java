package dev.longshore.pinner;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.check.PrivacyGuard;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.ipfs.node.PinNames;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.turns.FairShare;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one copy: connects the peer to those with the blocks, and pins. Pinning walks every block,
 * so they are verified again only where the peer does not report how many it walked. An existing
 * pin of the converter becomes the copy's once every block is verified: Kubo repins by removing the
 * pin first, and each change of its pins costs more than all these reads.
 */
final class Copier {
  private static final Logger LOG = LoggerFactory.getLogger(Copier.class);

  private final String pinPrefix;
  private final PinLimits limits;
  private final PeerSlots slots;
  private final PrivacyGuard privacy;
  private final Introductions introductions;
  private final FullPeers storage;
  private final PeerSpace room;
  private final BlockStreamer carrier;
  private final PeerWatch watch;
  private final Predicate<Peer> isConfigured;
  private final Endpoints endpoints;

  /**
   * @param isConfigured whether a peer is still in the settings: otherwise its running copies end
   */
  Copier(
      String pinPrefix,
      PinLimits limits,
      PeerSlots slots,
      FullPeers storage,
      PeerSpace room,
      BlockStreamer carrier,
      PeerWatch watch,
      Predicate<Peer> isConfigured,
      Endpoints endpoints,
      InstantSource clock) {
    this.pinPrefix = pinPrefix;
    this.limits = limits;
    this.introductions = new Introductions(limits.call(), endpoints, clock);
    this.slots = slots;
    this.storage = storage;
    this.room = room;
    this.carrier = carrier;
    this.watch = watch;
    this.isConfigured = isConfigured;
    this.endpoints = endpoints;
    this.privacy = new PrivacyGuard(limits.call(), clock);
  }

  /**
   * Copies the DAG to the peer.
   *
   * @param bytes that it may add to what the peer has
   * @param madeOf source digests of the image, for the pin's name
   * @param sources peers that hold it
   * @param isIngest whether the converter's pin should stand there
   * @param share whose work it is
   */
  CopyEvent copy(
      Cid dag,
      long bytes,
      Set<Digest> madeOf,
      Peer peer,
      List<Peer> sources,
      boolean isIngest,
      FairShare share)
      throws InterruptedException {
    try (var _ = slots.take(peer, share)) {
      Optional<String> trouble = endpoints.trouble(peer.endpoint());
      if (trouble.isPresent()) {
        // Detected while this copy waited for its slot.
        return new CopyEvent.TryFailed(trouble.get(), false);
      }
      if (!room.take(peer, bytes)) {
        return new CopyEvent.TryFailed(room.objection(peer, bytes), false);
      }
      try {
        return copyNow(dag, bytes, madeOf, peer, sources, isIngest);
      } finally {
        room.release(peer, bytes);
      }
    }
  }

  private CopyEvent copyNow(
      Cid dag, long bytes, Set<Digest> madeOf, Peer peer, List<Peer> sources, boolean isIngest)
      throws InterruptedException {
    try {
      watch.answered(peer, introductions.id(peer));
    } catch (KuboException e) {
      return new CopyEvent.TryFailed(String.valueOf(e.getMessage()), false);
    }
    try {
      Optional<String> objection = privacy.objection(peer.node(), peer.mayBePublic());
      if (objection.isPresent()) {
        return new CopyEvent.TryFailed(objection.get(), true);
      }
      Optional<String> full = storage.objection(peer);
      if (full.isPresent()) {
        return new CopyEvent.TryFailed(full.get(), false);
      }
      Optional<CopyEvent> imported = isIngest ? imported(dag, peer) : Optional.empty();
      if (imported.isPresent()) {
        storage.took(peer);
        return imported.get();
      }
      introductions.introduce(peer, sources);
      carrier.carry(dag, bytes, peer, sources, whileConfigured(peer, limits.whole()));
      Walk walk = new Walk();
      String name = PinNames.copy(pinPrefix, madeOf);
      peer.node().pin(dag, name, limits.stall(), whileConfigured(peer, limits.whole()), walk);
      long walked =
          walk.bytes > 0
              ? walk.bytes
              : presentBytes(dag, peer, whileConfigured(peer, limits.verification()));
      storage.took(peer);
      return new CopyEvent.Confirmed(walked);
    } catch (KuboException e) {
      introductions.forget(peer);
      privacy.forget(peer.node());
      storage.failed(peer, e);
      return failed(e);
    } catch (IpfsDataException e) {
      return new CopyEvent.TryFailed(String.valueOf(e.getMessage()), false);
    }
  }

  /** The copy under the converter's pin, if that is there and no block is missing. */
  private Optional<CopyEvent> imported(Cid dag, Peer peer) throws KuboException {
    Deadline soon = Deadline.after(limits.call());
    if (peer.node().nameOfPin(dag, soon).filter(this::isCopys).isEmpty()) {
      return Optional.empty();
    }
    try {
      Deadline deadline = whileConfigured(peer, limits.verification());
      return Optional.of(new CopyEvent.Confirmed(presentBytes(dag, peer, deadline)));
    } catch (KuboException e) {
      if (e.fault() == Fault.NOT_HELD) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Whether a pin of this name is the converter's or ours; others remove their own. */
  private boolean isCopys(String name) {
    return name.startsWith(pinPrefix + "sha") || PinNames.isCopy(pinPrefix, name);
  }

  /** Bytes found or fetched for a pin, in the end all; older nodes do not report them. */
  private static final class Walk implements PinProgress {
    private long bytes;

    @Override
    public void reached(long blocks, long bytes) {
      this.bytes = bytes;
    }
  }

  private static long presentBytes(Cid dag, Peer peer, Deadline deadline) throws KuboException {
    return peer.node().verifyLocal(dag, LocalCheck.PRESENCE, deadline).bytes();
  }

  private Deadline whileConfigured(Peer peer, Duration limit) {
    InstantSource system = InstantSource.system();
    Instant end = system.instant().plus(limit);
    return new Deadline(() -> isConfigured.test(peer) ? system.instant() : end, end);
  }

  /** Checks the peer's pin and every block below it; empty if the peer does not answer. */
  Optional<CopyEvent> look(Cid dag, Peer peer) throws InterruptedException {
    if (!stillPinned(dag, peer)) {
      return Optional.of(CopyEvent.Missing.PIN);
    }
    try {
      return Optional.of(
          new CopyEvent.Confirmed(presentBytes(dag, peer, Deadline.after(limits.verification()))));
    } catch (KuboException e) {
      stopIfCancelled(e);
      if (e.fault() == Fault.NOT_HELD) {
        return Optional.of(
            new CopyEvent.Missing("it is pinned, but blocks are gone: " + e.getMessage()));
      }
      LOG.warn("could not look at the copy of {} on {}: {}", dag, peer.name(), e.getMessage());
      return Optional.empty();
    }
  }

  /** Whether a copy's pin is still there; true if the peer does not answer. */
  boolean stillPinned(Cid dag, Peer peer) throws InterruptedException {
    try {
      return peer.node().isPinned(dag, Deadline.after(limits.call()));
    } catch (KuboException e) {
      stopIfCancelled(e);
      endpoints.failed(peer.endpoint(), String.valueOf(e.getMessage()), null);
      LOG.warn(
          "could not ask whether {} is still pinned on {}: {}", dag, peer.name(), e.getMessage());
      return true;
    }
  }

  private static CopyEvent failed(KuboException e) throws InterruptedException {
    stopIfCancelled(e);
    String error = String.valueOf(e.getMessage());
    return switch (e.fault()) {
      case UNREACHABLE, UNAUTHORIZED, GARBLED -> new CopyEvent.TryFailed(error, true);
      case STALLED -> new CopyEvent.TryStalled(error);
      case FULL, TIMEOUT, FAILED, CANCELLED, NOT_HELD, NOT_PINNED, REFUSED ->
          new CopyEvent.TryFailed(error, false);
    };
  }

  private static void stopIfCancelled(KuboException e) throws InterruptedException {
    if (e.fault() == Fault.CANCELLED) {
      throw new InterruptedException(e.getMessage());
    }
  }
}
