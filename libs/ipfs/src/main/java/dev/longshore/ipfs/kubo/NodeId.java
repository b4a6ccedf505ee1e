package dev.longshore.ipfs.kubo;

import java.util.List;

/**
 * Who a node is.
 *
 * @param peerId its libp2p identity
 * @param addresses multiaddresses that lead to it, each ending in {@code /p2p/<peer id>}
 * @param agent program and version
 */
public record NodeId(String peerId, List<String> addresses, String agent) {
  public NodeId {
    addresses = List.copyOf(addresses);
  }
}
