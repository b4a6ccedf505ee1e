package dev.longshore.events;

import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A peer that keeps copies. It is up, away or lost; besides that it may be full, on hold and
 * draining, each alone or with the others.
 *
 * @param peer configured name of the peer
 * @param peerId libp2p peer id; none until it first answered
 * @param addresses multiaddrs under which others reach it, without the /p2p part, at most {@link
 *     #ADDRESSES}
 * @param zone configured zone of the peer
 * @param state whether it answers
 * @param stateSince pinner's clock when that began; of one that is lost, when it went away
 * @param fullSince pinner's clock when it first had no room, if it has none
 * @param onHoldSince pinner's clock when an operator put it on hold, if it is
 * @param drainingSince pinner's clock when its copies began to move away, if they do
 * @param freeBytes bytes that it may still store; none until it first answered
 * @param totalBytes bytes that it may store in all; none until it first answered
 * @param scrub how far the reading of its blobs is; none until it first began
 */
public record PeerState(
    PeerName peer,
    @Nullable String peerId,
    List<String> addresses,
    String zone,
    PeerPhase state,
    Instant stateSince,
    @Nullable Instant fullSince,
    @Nullable Instant onHoldSince,
    @Nullable Instant drainingSince,
    @Nullable Long freeBytes,
    @Nullable Long totalBytes,
    @Nullable Scrub scrub)
    implements State {
  /** Addresses that are kept: peers name some ten. */
  public static final int ADDRESSES = 32;

  public PeerState {
    addresses =
        addresses.stream()
            .filter(address -> ForeignText.fits(address, ForeignText.ADDRESS))
            .limit(ADDRESSES)
            .toList();
  }

  @Override
  public String key() {
    return peer.text();
  }

  /**
   * A round in which each blob is read once, in the order of CIDs, and its bytes hashed.
   *
   * @param cursor CID of the last blob that was read; none before the first
   * @param startedAt pinner's clock when the round began
   * @param completedAt pinner's clock when the last whole round ended; none before the first
   */
  public record Scrub(@Nullable Cid cursor, Instant startedAt, @Nullable Instant completedAt) {}
}
