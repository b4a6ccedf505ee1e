package dev.longshore.ipfs.node;

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

  /**
   * Where others reach it, each without its own {@code /p2p/<peer id>} at the end.
   *
   * @param announced addresses that the configuration has for it; its own if empty
   */
  public List<String> reachedAt(List<String> announced) {
    return (announced.isEmpty() ? addresses : announced)
        .stream()
            .map(
                address ->
                    address.endsWith(suffix())
                        ? address.substring(0, address.length() - suffix().length())
                        : address)
            .toList();
  }

  /** What to dial to reach it at one of these. */
  public String at(String address) {
    return address + suffix();
  }

  private String suffix() {
    return "/p2p/" + peerId;
  }
}
