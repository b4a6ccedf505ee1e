package dev.longshore.ipfs.node;

/** Where a node may look for content. */
public enum Reach {
  /** Only what the node holds itself. */
  LOCAL,
  /** Also at connected peers, within the deadline; the node may keep a copy. */
  NETWORK
}
