package dev.longshore.pinner;

import dev.longshore.model.PeerName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** Bounds the copies that one peer makes at once. */
final class PeerSlots {
  private final int perPeer;
  private final Map<PeerName, Semaphore> slots = new ConcurrentHashMap<>();

  PeerSlots(int perPeer) {
    this.perPeer = perPeer;
  }

  Slot take(Peer peer) throws InterruptedException {
    Semaphore semaphore = slots.computeIfAbsent(peer.name(), _ -> new Semaphore(perPeer, true));
    semaphore.acquire();
    return semaphore::release;
  }

  /** Given back when closed. */
  interface Slot extends AutoCloseable {
    @Override
    void close();
  }
}
