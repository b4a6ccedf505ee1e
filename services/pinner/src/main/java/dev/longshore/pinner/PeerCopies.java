package dev.longshore.pinner;

import dev.longshore.events.CopiesState;
import dev.longshore.model.PeerName;
import dev.longshore.pinner.CopyEvent.ReleaseCommitted;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The state of each peer's copy of one DAG, and since when. Used by one thread. */
final class PeerCopies {
  private final Peers peers;
  private final Clock clock;
  private final Map<PeerName, Entry> byPeer = new LinkedHashMap<>();

  private record Entry(Copy copy, Instant changedAt) {}

  PeerCopies(Peers peers, Clock clock) {
    this.peers = peers;
    this.clock = clock;
  }

  /** As it was recorded. */
  void put(CopiesState.Copy recorded) {
    byPeer.put(recorded.peer(), new Entry(Copy.of(recorded), recorded.changedAt()));
  }

  /** A copy whose state does not change keeps its time, unless the state must be rewritten. */
  void set(Peer peer, CopyEvent event) {
    Entry old = byPeer.get(peer.name());
    Copy before = old == null ? Copy.none() : old.copy();
    Copy now = CopyTable.after(before, event);
    boolean anew = now.phase() != before.phase() || event instanceof ReleaseCommitted;
    if (old == null && !anew) {
      return;
    }
    byPeer.put(
        peer.name(), new Entry(now, old == null || anew ? clock.instant() : old.changedAt()));
  }

  Copy of(Peer peer) {
    Entry entry = byPeer.get(peer.name());
    return entry == null ? Copy.none() : entry.copy();
  }

  /** Peers that have an entry. */
  List<Peer> tried() {
    return byPeer.keySet().stream().flatMap(name -> peers.find(name).stream()).toList();
  }

  List<Peer> verified() {
    List<Peer> verified = new ArrayList<>();
    for (Peer peer : tried()) {
      if (of(peer) instanceof Copy.Verified) {
        verified.add(peer);
      }
    }
    return verified;
  }

  /** Peers whose copy is surplus or being released. */
  List<Peer> leaving() {
    return tried().stream()
        .filter(peer -> of(peer) instanceof Copy.Surplus || of(peer) instanceof Copy.Releasing)
        .toList();
  }

  /** Whether a peer, even one that left the settings, may still have it despite its release. */
  boolean mayBeLeft() {
    return byPeer.values().stream()
        .map(Entry::copy)
        .anyMatch(copy -> copy instanceof Copy.Surplus || copy instanceof Copy.Releasing);
  }

  /** Whether the copy has been in its state for this long. */
  boolean hasStood(PeerName peer, Duration time) {
    return hasStood(Objects.requireNonNull(byPeer.get(peer)), time);
  }

  /** Whether each verified copy has been that for this long. */
  boolean verifiedHaveStood(Duration time) {
    return byPeer.values().stream()
        .filter(entry -> entry.copy() instanceof Copy.Verified)
        .allMatch(entry -> hasStood(entry, time));
  }

  private boolean hasStood(Entry entry, Duration time) {
    return !entry.changedAt().isAfter(clock.instant().minus(time));
  }

  /** Number of copies under repair for less than this long. */
  int mendingFor(Duration time) {
    return (int)
        byPeer.values().stream()
            .filter(entry -> entry.copy() instanceof Copy.Mending)
            .filter(entry -> !hasStood(entry, time))
            .count();
  }

  List<CopiesState.Copy> entries() {
    List<CopiesState.Copy> entries = new ArrayList<>();
    byPeer.forEach((peer, entry) -> entries.add(entry.copy().entry(peer, entry.changedAt())));
    return entries;
  }
}
