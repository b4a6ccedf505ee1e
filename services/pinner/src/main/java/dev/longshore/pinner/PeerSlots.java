package dev.longshore.pinner;

import dev.longshore.model.PeerName;
import dev.longshore.runtime.service.turns.FairShare;
import dev.longshore.runtime.service.turns.FairTurns;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Limits concurrent copies to one peer. */
final class PeerSlots {
  private final int perPeer;
  private final Map<PeerName, FairTurns> slots = new ConcurrentHashMap<>();

  PeerSlots(int perPeer) {
    this.perPeer = perPeer;
  }

  FairTurns.Turn take(Peer peer, FairShare share) throws InterruptedException {
    return slots
        .computeIfAbsent(peer.name(), _ -> new FairTurns(perPeer))
        .take(peer.name().text(), share);
  }
}
