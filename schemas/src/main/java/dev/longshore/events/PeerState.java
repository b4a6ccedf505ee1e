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
 * @param scrub how far the reading of its copies is; none until it first began
 * @param unknownPins pins of this installation there that no record knows; none if there are none,
 *     or as long as nobody looked
 * @param forgetsHeeded number of decisions to forget, standing or not, that were known when the
 *     pins there, and those of all peers that only take images in, were last read and none that
 *     belongs to a forgotten image was without a record; none before the first
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
    @Nullable Scrub scrub,
    @Nullable Long unknownPins,
    @Nullable Long forgetsHeeded)
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

  /** One whose pins were not compared with decisions to forget. */
  public PeerState(
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
      @Nullable Scrub scrub,
      @Nullable Long unknownPins) {
    this(
        peer,
        peerId,
        addresses,
        zone,
        state,
        stateSince,
        fullSince,
        onHoldSince,
        drainingSince,
        freeBytes,
        totalBytes,
        scrub,
        unknownPins,
        null);
  }

  /** What was found rotten on the peer and is not mended yet. */
  public List<Rot> unmended() {
    return scrub == null || scrub.rot() == null ? List.of() : scrub.rot();
  }

  @Override
  public String key() {
    return peer.text();
  }

  /**
   * A round in which each copy is read, in the order of the images' CIDs, and its bytes hashed;
   * what images share is read once.
   *
   * @param cursor CID of the image DAG that was read last; none before the first
   * @param startedAt pinner's clock when the round began
   * @param completedAt pinner's clock when the last whole round ended; none before the first
   * @param rot what was found rotten and is not mended yet, at most {@link #ROT}; none if nothing
   *     is
   */
  public record Scrub(
      @Nullable Cid cursor,
      Instant startedAt,
      @Nullable Instant completedAt,
      @Nullable List<Rot> rot) {
    /** Entries that are kept: reading goes on when there are fewer. */
    public static final int ROT = 16;

    public Scrub {
      rot = rot == null || rot.isEmpty() ? null : rot.stream().limit(ROT).toList();
    }
  }

  /**
   * A file or directory of images with rotten bytes.
   *
   * @param part CID of the file or directory, as a directory links to it
   * @param block CID of the first block of it that was found rotten
   * @param foundAt pinner's clock
   * @param error why it is not mended yet; none before the first try
   */
  public record Rot(Cid part, Cid block, Instant foundAt, @Nullable String error) {
    public Rot {
      error = ForeignText.cutIfAny(error, ForeignText.ERROR);
    }
  }
}
