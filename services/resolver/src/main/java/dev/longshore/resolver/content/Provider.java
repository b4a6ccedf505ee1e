package dev.longshore.resolver.content;

import java.util.List;

/**
 * A peer that should hold content.
 *
 * @param name its configured name
 * @param peerId libp2p peer id
 * @param addresses multiaddrs without the {@code /p2p} part
 */
public record Provider(String name, String peerId, List<String> addresses) {
  public Provider {
    addresses = List.copyOf(addresses);
  }
}
