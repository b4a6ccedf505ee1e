package dev.longshore.pinner;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The configured peers, by name. */
final class Peers {
  private final Map<String, Peer> byName = new LinkedHashMap<>();

  Peers(List<Peer> peers) {
    for (Peer peer : peers) {
      byName.put(peer.name(), peer);
    }
  }

  Optional<Peer> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** Those that keep copies. */
  List<Peer> keepers() {
    return byName.values().stream().filter(Peer::keeps).toList();
  }

  List<Peer> all() {
    return new ArrayList<>(byName.values());
  }
}
