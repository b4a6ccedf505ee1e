package dev.longshore.ipfs.node;

/** How thoroughly a node's own copy of a DAG is checked. */
public enum LocalCheck {
  /** The node reads every block from its own store; cheap. */
  PRESENCE,
  /** Every block crosses the wire and is hashed by us; costs the DAG's size in traffic. */
  REHASH
}
