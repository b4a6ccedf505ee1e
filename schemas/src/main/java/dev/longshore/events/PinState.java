package dev.longshore.events;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The copies of one image DAG. The first releases say it by an entry for each peer; later ones say
 * it in numbers and times, and then the entries are in {@link CopiesState}.
 *
 * @param imageDag the image DAG
 * @param wanted wanted verified copies
 * @param copies one entry per peer tried, the ingest peer's own only if it counts
 * @param ingestPeer configured name of the peer that the converter wrote to; none of a DAG that was
 *     found on a peer. All releases so far write it
 * @param ingestReleased whether the converter's pin was released (or became a counted copy)
 * @param changedAt pinner's clock at the last transition; of one that is releasing, when that was
 *     last written
 * @param min verified copies below which it is repaired before all others
 * @param verifiedCount copies that are verified
 * @param firstVerifiedAt pinner's clock when the first copy was verified, lost or not since
 * @param minVerifiedAt pinner's clock when {@code min} copies were verified, lost or not since
 * @param allVerifiedAt pinner's clock when {@code wanted} copies were verified, lost or not since
 * @param state whether it is to be kept
 * @param stateSince pinner's clock when that began
 * @param sources source digests that names of its pins gave, of one that is forgotten and of which
 *     no record of an image tells
 */
public record PinState(
    ImageDag imageDag,
    int wanted,
    List<Copy> copies,
    @Nullable PeerName ingestPeer,
    boolean ingestReleased,
    Instant changedAt,
    @Nullable Integer min,
    @JsonProperty("verified") @Nullable Integer verifiedCount,
    @Nullable Instant firstVerifiedAt,
    @Nullable Instant minVerifiedAt,
    @Nullable Instant allVerifiedAt,
    @Nullable PinPhase state,
    @Nullable Instant stateSince,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Digest> sources)
    implements State {
  public PinState {
    copies = List.copyOf(copies);
    sources = List.copyOf(sources);
  }

  /** One of an image that is known. */
  public PinState(
      ImageDag imageDag,
      int wanted,
      List<Copy> copies,
      @Nullable PeerName ingestPeer,
      boolean ingestReleased,
      Instant changedAt,
      @Nullable Integer min,
      @Nullable Integer verifiedCount,
      @Nullable Instant firstVerifiedAt,
      @Nullable Instant minVerifiedAt,
      @Nullable Instant allVerifiedAt,
      @Nullable PinPhase state,
      @Nullable Instant stateSince) {
    this(
        imageDag,
        wanted,
        copies,
        ingestPeer,
        ingestReleased,
        changedAt,
        min,
        verifiedCount,
        firstVerifiedAt,
        minVerifiedAt,
        allVerifiedAt,
        state,
        stateSince,
        List.of());
  }

  /** One with an entry for each peer, as the first releases recorded it. */
  public PinState(
      ImageDag imageDag,
      int wanted,
      List<Copy> copies,
      @Nullable PeerName ingestPeer,
      boolean ingestReleased,
      Instant changedAt) {
    this(
        imageDag,
        wanted,
        copies,
        ingestPeer,
        ingestReleased,
        changedAt,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  /** Number of copies that were verified on the peer itself. */
  public int verified() {
    if (verifiedCount != null) {
      return verifiedCount;
    }
    return (int) copies.stream().filter(c -> c.status() == CopyStatus.VERIFIED).count();
  }

  /**
   * Whether copies of it were ever verified, even if all have been lost since: caches and sites'
   * nodes may still have it.
   */
  public boolean wasVerified() {
    return state != PinPhase.GONE
        && (verified() > 0 || firstVerifiedAt != null || (ingestReleased && !copies.isEmpty()));
  }

  /**
   * Whether nothing is left to do: all copies are verified and the ingest peer's pin is released.
   */
  @JsonIgnore
  public boolean isFinished() {
    return verified() >= wanted && ingestReleased;
  }

  @Override
  public String key() {
    return key(imageDag);
  }

  /** The image DAG's CID. */
  public static String key(ImageDag imageDag) {
    return imageDag.toString();
  }

  /**
   * One peer's copy.
   *
   * @param peer configured name of the peer
   * @param site configured site of the peer
   * @param peerId libp2p peer id
   * @param addresses multiaddrs at which others reach it, without the /p2p part
   * @param status its state
   * @param bytes bytes of blocks verified, 0 until then
   * @param error error of the last try, if any
   * @param changedAt pinner's clock at the last transition of this copy
   */
  public record Copy(
      PeerName peer,
      String site,
      String peerId,
      List<String> addresses,
      CopyStatus status,
      long bytes,
      @Nullable String error,
      Instant changedAt) {
    public Copy {
      addresses = List.copyOf(addresses);
    }
  }
}
