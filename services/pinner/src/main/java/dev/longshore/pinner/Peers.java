package dev.longshore.pinner;

import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.model.PeerName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The configured peers by name, and peers that left but whose copies still count. */
final class Peers {
  private final Map<PeerName, Peer> byName = new LinkedHashMap<>();
  private final Function<PeerName, Optional<Peer>> missed;

  Peers(List<Peer> peers) {
    this(peers, _ -> Optional.empty());
  }

  /**
   * The same.
   *
   * @param missed finds a peer that left the settings but whose copies still count: it left
   *     recently, or with too many at once
   */
  Peers(List<Peer> peers, Function<PeerName, Optional<Peer>> missed) {
    this.missed = missed;
    for (Peer peer : peers) {
      byName.put(peer.name(), peer);
    }
  }

  Optional<Peer> find(PeerName name) {
    Optional<Peer> configured = Optional.ofNullable(byName.get(name));
    return configured.isPresent() ? configured : missed.apply(name);
  }

  boolean isConfigured(Peer peer) {
    return peer.equals(byName.get(peer.name()));
  }

  boolean isConfigured(PeerName peer) {
    return byName.containsKey(peer);
  }

  /** Peers with a verified copy, by the record. */
  List<Peer> verified(CopiesState copies) {
    return copies.copies().stream()
        .filter(copy -> copy.state() == CopyPhase.VERIFIED)
        .flatMap(copy -> find(copy.peer()).filter(Peer::keeps).stream())
        .toList();
  }

  /** Those that keep copies. */
  List<Peer> keepers() {
    return byName.values().stream().filter(Peer::keeps).toList();
  }

  /** Peers that keep no copies, only ingest. */
  List<Peer> others() {
    return byName.values().stream().filter(peer -> !peer.keeps()).toList();
  }

  List<Peer> all() {
    return new ArrayList<>(byName.values());
  }
}
