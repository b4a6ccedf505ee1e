package dev.longshore.catalog;

import dev.longshore.events.PeerState;
import dev.longshore.model.PeerName;
import java.util.List;
import java.util.Optional;

/** What is known of the peers that keep copies. */
public final class PeerStates {
  /** More peers than anybody has. */
  private static final int MOST = 10_000;

  private final Store store;

  PeerStates(Store store) {
    this.store = store;
  }

  /** What was recorded last of a peer. */
  public Optional<PeerState> of(PeerName peer) {
    return StateTable.PEERS.byKey(store, peer.text());
  }

  /** All peers that were ever recorded, by name. */
  public List<PeerState> all() {
    return StateTable.PEERS.page(store, null, MOST);
  }
}
