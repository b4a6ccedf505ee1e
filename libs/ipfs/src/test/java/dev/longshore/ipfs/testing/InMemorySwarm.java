package dev.longshore.ipfs.testing;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Nodes that can connect to each other, by addresses {@code /memory/NAME/p2p/ID}. */
public final class InMemorySwarm {
  private final Map<String, InMemoryIpfsNode> nodes = new ConcurrentHashMap<>();

  /** A new node, connected to none. */
  public InMemoryIpfsNode node(String name) {
    InMemoryIpfsNode node = new InMemoryIpfsNode(name, this);
    if (nodes.putIfAbsent(node.address(), node) != null) {
      throw new IllegalArgumentException("node: " + name + " exists already");
    }
    return node;
  }

  Optional<InMemoryIpfsNode> at(String multiaddr) {
    return Optional.ofNullable(nodes.get(multiaddr));
  }
}
