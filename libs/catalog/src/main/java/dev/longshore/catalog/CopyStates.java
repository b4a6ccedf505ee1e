package dev.longshore.catalog;

import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.CopyStatus;
import dev.longshore.events.PeerState;
import dev.longshore.events.PinState;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Queries about each copy of image DAGs. The first releases recorded copies in {@link PinState};
 * where nothing else is recorded, they are read from there.
 */
public final class CopyStates {
  /** With a plus, lest SQLite read all keys in their order. */
  static final String DUE = "next_try <= ? AND +key > ? ORDER BY +key LIMIT ?";

  private final Store store;
  private final Pins pins;
  private final PeerStates peers;

  CopyStates(Store store, Pins pins, PeerStates peers) {
    this.store = store;
    this.pins = pins;
    this.peers = peers;
  }

  /** The copies of an image DAG; none of one that nobody knows. */
  public CopiesState of(ImageDag dag) {
    return recorded(dag)
        .or(() -> pins.of(dag).map(CopyStates::ofFirstReleases))
        .orElseGet(() -> new CopiesState(dag, List.of()));
  }

  /** The copies of an image DAG whose other record is at hand. */
  public CopiesState of(PinState pin) {
    return recorded(pin.imageDag()).orElseGet(() -> ofFirstReleases(pin));
  }

  /** The same of many, in their order, which is by CID and without gaps. */
  public List<CopiesState> of(List<PinState> page) {
    if (page.isEmpty()) {
      return List.of();
    }
    Map<ImageDag, CopiesState> recorded = new HashMap<>();
    StateTable.COPIES
        .list(store, "key >= ? AND key <= ?", page.getFirst().imageDag(), page.getLast().imageDag())
        .forEach(copies -> recorded.put(copies.imageDag(), copies));
    return page.stream()
        .map(
            pin -> {
              CopiesState copies = recorded.get(pin.imageDag());
              return copies == null ? ofFirstReleases(pin) : copies;
            })
        .toList();
  }

  /** The copies of an image DAG, if they have a record of their own. */
  public Optional<CopiesState> recorded(ImageDag dag) {
    return StateTable.COPIES.byKey(store, PinState.key(dag));
  }

  private static CopiesState ofFirstReleases(PinState pin) {
    return new CopiesState(pin.imageDag(), pin.copies().stream().map(CopyStates::copy).toList());
  }

  private static CopiesState.Copy copy(PinState.Copy copy) {
    return new CopiesState.Copy(
        copy.peer(),
        phase(copy.status()),
        copy.bytes(),
        copy.error(),
        null,
        null,
        copy.changedAt());
  }

  private static CopyPhase phase(CopyStatus status) {
    return switch (status) {
      case PINNING -> CopyPhase.COPYING;
      case VERIFIED -> CopyPhase.VERIFIED;
      case FAILED -> CopyPhase.FAILED;
      case UNKNOWN -> CopyPhase.UNKNOWN;
    };
  }

  /** What is known of an image DAG. */
  public Optional<PinnedDag> pinned(ImageDag dag) {
    return pins.of(dag).map(this::pinned);
  }

  /** What is known of an image DAG one of whose records is at hand. */
  public PinnedDag pinned(PinState pin) {
    return new PinnedDag(pin, of(pin).copies().stream().map(copy -> located(copy, pin)).toList());
  }

  /** The peer's own record tells where it is; the entry of the first releases does until then. */
  private PeerCopy located(CopiesState.Copy copy, PinState pin) {
    return peers
        .of(copy.peer())
        .map(peer -> located(copy, peer))
        .or(() -> entry(pin, copy.peer()).map(e -> located(copy, e)))
        .orElseGet(() -> new PeerCopy(copy, "", "", List.of()));
  }

  private static PeerCopy located(CopiesState.Copy copy, PeerState peer) {
    String peerId = peer.peerId();
    return new PeerCopy(copy, peer.zone(), peerId == null ? "" : peerId, peer.addresses());
  }

  private static PeerCopy located(CopiesState.Copy copy, PinState.Copy entry) {
    return new PeerCopy(copy, entry.site(), entry.peerId(), entry.addresses());
  }

  private static Optional<PinState.Copy> entry(PinState pin, PeerName peer) {
    return pin.copies().stream().filter(entry -> entry.peer().equals(peer)).findFirst();
  }

  /** Image DAGs with a copy whose next try is due, by CID. */
  public List<ImageDag> due(Instant now, @Nullable ImageDag afterDag, int limit) {
    return StateTable.COPIES
        .list(store, DUE, now.toEpochMilli(), afterDag == null ? "" : afterDag, limit)
        .stream()
        .map(CopiesState::imageDag)
        .toList();
  }

  /** Image DAGs whose copies have no record of their own, by CID. */
  public List<PinState> unrecorded(@Nullable ImageDag afterDag, int limit) {
    return StateTable.PINS.list(
        store,
        "NOT EXISTS (SELECT 1 FROM copies WHERE copies.key = pins.key) AND key > ?"
            + " ORDER BY key LIMIT ?",
        afterDag == null ? "" : afterDag,
        limit);
  }

  /** Verified copies by peer; reads all records, so for people and not for every request. */
  public Map<PeerName, CopiesOfPeer> byPeer() {
    record OfPeer(PeerName peer, CopiesOfPeer copies) {}
    return store
        .read(
            session ->
                session.list(
                    """
                    SELECT copy.value ->> 'peer' AS peer, COUNT(*), TOTAL(copy.value ->> 'bytes')
                    FROM copies, json_each(CAST(copies.body AS TEXT), '$.copies') copy
                    WHERE copy.value ->> 'state' = 'verified'
                    GROUP BY peer
                    """,
                    row ->
                        new OfPeer(
                            new PeerName(row.getString(1)),
                            new CopiesOfPeer(row.getLong(2), row.getLong(3)))))
        .stream()
        .collect(Collectors.toMap(OfPeer::peer, OfPeer::copies));
  }
}
