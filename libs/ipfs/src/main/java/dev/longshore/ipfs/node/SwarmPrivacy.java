package dev.longshore.ipfs.node;

import java.util.List;

/** Whether content of a node can leave the swarm that its owner meant. */
public sealed interface SwarmPrivacy {
  /** Nothing public was found. */
  record Private() implements SwarmPrivacy {}

  /**
   * Strangers may learn of the node or reach it.
   *
   * @param findings one sentence each: the setting, its value and what to set
   */
  record Public(List<String> findings) implements SwarmPrivacy {
    public Public {
      findings = List.copyOf(findings);
    }
  }

  default boolean isPrivate() {
    return this instanceof Private;
  }
}
