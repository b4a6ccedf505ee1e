package dev.longshore.ipfs.node;

import dev.longshore.ipfs.Deadline;
import java.util.Set;

/** A node among its peers. */
public interface SwarmNode {
  /** The node's configured name. */
  String name();

  NodeId id(Deadline deadline) throws KuboException;

  /**
   * Connects to a peer; no effect if already connected.
   *
   * @param multiaddr an address that ends in {@code /p2p/<peer id>}
   */
  void connect(String multiaddr, Deadline deadline) throws KuboException;

  /**
   * Has the node connect to a peer again whenever the connection is lost, until the node ends; the
   * first time within some seconds. Repeated, the last address counts.
   *
   * @param multiaddr an address that ends in {@code /p2p/<peer id>}
   */
  void addPeering(String multiaddr, Deadline deadline) throws KuboException;

  /** Peer ids of all connected peers. */
  Set<String> peers(Deadline deadline) throws KuboException;

  /** Whether strangers can reach the node, by its own account. Call it before the first write. */
  SwarmPrivacy privacy(Deadline deadline) throws KuboException;
}
