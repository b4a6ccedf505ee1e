package dev.longshore.ipfs.node;

/** How far a node may go to answer. */
public enum Reach {
  /** Only what the node holds itself. */
  LOCAL,
  /** Also what peers send it within the deadline; it may keep a copy. */
  NETWORK
}
