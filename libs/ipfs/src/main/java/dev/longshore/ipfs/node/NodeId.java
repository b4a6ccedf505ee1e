package dev.longshore.ipfs.node;

import java.util.List;

/**
 * A node's identity and addresses.
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
   * Addresses at which others reach it, each without its own {@code /p2p/<peer id>} at the end.
   *
   * @param announced its configured addresses; if empty, those that it announces
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

  /** The multiaddress to dial for one of these. */
  public String at(String address) {
    return address + suffix();
  }

  private String suffix() {
    return "/p2p/" + peerId;
  }
}
