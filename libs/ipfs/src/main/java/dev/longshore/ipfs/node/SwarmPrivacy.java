package dev.longshore.ipfs.node;

import java.util.List;

/** Whether a node's content can leave its owner's swarm. */
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
