package dev.longshore.pinner;

import java.util.List;

/** How far one peer's copy came. */
sealed interface CopyOutcome {
  /** It is being fetched. */
  record Pinning() implements CopyOutcome {}

  /**
   * The peer itself has every block, under a pin.
   *
   * @param addresses multiaddrs without the /p2p part
   * @param bytes bytes of its blocks
   */
  record Verified(String peerId, List<String> addresses, long bytes) implements CopyOutcome {
    public Verified {
      addresses = List.copyOf(addresses);
    }
  }

  /**
   * It did not come about.
   *
   * @param error what was tried and what came back
   * @param peerIsAway whether the peer itself does not answer; else it answers but got no blocks
   */
  record Failed(String error, boolean peerIsAway) implements CopyOutcome {
    /** It was there once. */
    static final Failed WITHOUT_PIN = new Failed("the pin was removed behind our back", false);

    /** The peer may have room for others, not for this one. */
    static Failed withoutRoom(Peer peer, long bytes) {
      return new Failed(
          "peer %s has no room for %d bytes within its capacity of %s: raise that, or add a peer"
              .formatted(peer.name(), bytes, peer.place().capacity()),
          false);
    }
  }
}
