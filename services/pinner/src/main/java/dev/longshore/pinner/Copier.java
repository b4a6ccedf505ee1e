package dev.longshore.pinner;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.check.PrivacyGuard;
import dev.longshore.ipfs.kubo.Fault;
import dev.longshore.ipfs.kubo.KuboException;
import dev.longshore.ipfs.kubo.LocalCheck;
import dev.longshore.ipfs.kubo.LocalCopy;
import dev.longshore.ipfs.kubo.NodeId;
import dev.longshore.ipfs.kubo.PinProgress;
import dev.longshore.model.Cid;
import dev.longshore.runtime.service.endpoint.Endpoints;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one copy: tells the peer where the blocks are, pins, and checks that it has them itself.
 */
final class Copier {
  private static final Logger LOG = LoggerFactory.getLogger(Copier.class);
  private final String pinName;
  private final PinLimits limits;
  private final PeerSlots slots;
  private final PrivacyGuard privacy;
  private final Introductions introductions;
  private final Storage storage;
  private final Room room;
  private final Carrier carrier;
  private final Endpoints endpoints;

  Copier(
      String pinPrefix,
      PinLimits limits,
      PeerSlots slots,
      Storage storage,
      Room room,
      Carrier carrier,
      Endpoints endpoints,
      InstantSource clock) {
    this.pinName = pinPrefix + "copy";
    this.limits = limits;
    this.introductions = new Introductions(limits.call(), endpoints, clock);
    this.slots = slots;
    this.storage = storage;
    this.room = room;
    this.carrier = carrier;
    this.endpoints = endpoints;
    this.privacy = new PrivacyGuard(limits.call(), clock);
  }

  /**
   * Brings the DAG to the peer.
   *
   * @param bytes that it may add to what the peer has
   * @param sources peers that hold it
   */
  CopyOutcome copy(Cid dag, long bytes, Peer peer, List<Peer> sources) throws InterruptedException {
    try (var _ = slots.take(peer)) {
      Optional<String> trouble = endpoints.trouble(peer.endpoint());
      if (trouble.isPresent()) {
        // Found out while this copy waited for its slot.
        return new CopyOutcome.Failed(trouble.get(), false);
      }
      if (!room.take(peer, bytes)) {
        return CopyOutcome.Failed.withoutRoom(peer, bytes);
      }
      try {
        return copyNow(dag, peer, sources);
      } finally {
        room.release(peer, bytes);
      }
    }
  }

  private CopyOutcome copyNow(Cid dag, Peer peer, List<Peer> sources) throws InterruptedException {
    NodeId id;
    List<String> addresses;
    try {
      id = introductions.id(peer);
      addresses = introductions.addresses(peer);
    } catch (KuboException e) {
      return new CopyOutcome.Failed(String.valueOf(e.getMessage()), false);
    }
    try {
      Optional<String> objection = privacy.objection(peer.node(), peer.mayBePublic());
      if (objection.isPresent()) {
        return new CopyOutcome.Failed(objection.get(), true);
      }
      Optional<String> full = storage.objection(peer);
      if (full.isPresent()) {
        return new CopyOutcome.Failed(full.get(), false);
      }
      introductions.introduce(peer, sources);
      carrier.carry(dag, peer, sources);
      peer.node()
          .pin(dag, pinName, limits.stall(), Deadline.after(limits.whole()), PinProgress.NONE);
      LocalCopy local =
          peer.node().verifyLocal(dag, LocalCheck.PRESENCE, Deadline.after(limits.verification()));
      storage.took(peer);
      return new CopyOutcome.Verified(id.peerId(), addresses, local.bytes());
    } catch (KuboException e) {
      introductions.forget(peer);
      privacy.forget(peer.node());
      storage.failed(peer, e);
      return failed(e);
    } catch (IpfsDataException e) {
      return new CopyOutcome.Failed(String.valueOf(e.getMessage()), false);
    }
  }

  /**
   * Looks at what the peer itself has: its pin, and every block below it; none if it does not say.
   */
  Optional<CopyOutcome> look(Cid dag, Peer peer) throws InterruptedException {
    if (!stillPinned(dag, peer)) {
      return Optional.of(CopyOutcome.Failed.WITHOUT_PIN);
    }
    try {
      NodeId id = introductions.id(peer);
      LocalCopy local =
          peer.node().verifyLocal(dag, LocalCheck.PRESENCE, Deadline.after(limits.verification()));
      return Optional.of(
          new CopyOutcome.Verified(id.peerId(), introductions.addresses(peer), local.bytes()));
    } catch (KuboException e) {
      stopIfCancelled(e);
      if (e.fault() == Fault.NOT_HELD) {
        return Optional.of(
            new CopyOutcome.Failed("it is pinned, but blocks are gone: " + e.getMessage(), false));
      }
      LOG.warn("could not look at the copy of {} on {}: {}", dag, peer.name(), e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Whether the pin that made a copy is still there; a peer that does not answer keeps its copy.
   */
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

  private static CopyOutcome failed(KuboException e) throws InterruptedException {
    stopIfCancelled(e);
    boolean away =
        switch (e.fault()) {
          case UNREACHABLE, UNAUTHORIZED, GARBLED -> true;
          case FULL, TIMEOUT, STALLED, FAILED, CANCELLED, NOT_HELD, NOT_PINNED, REFUSED -> false;
        };
    return new CopyOutcome.Failed(String.valueOf(e.getMessage()), away);
  }

  private static void stopIfCancelled(KuboException e) throws InterruptedException {
    if (e.fault() == Fault.CANCELLED) {
      throw new InterruptedException(e.getMessage());
    }
  }
}
