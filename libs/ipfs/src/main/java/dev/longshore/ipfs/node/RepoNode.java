package dev.longshore.ipfs.node;

import dev.longshore.ipfs.Deadline;

/** The storage of one node. */
public interface RepoNode {
  /** The node's configured name. */
  String name();

  RepoStat repoStat(Deadline deadline) throws KuboException;

  /**
   * Removes every block that no pin reaches. Never call it during an import: it does not wait.
   *
   * @return blocks removed
   */
  long collectGarbage(Deadline deadline) throws KuboException;
}
