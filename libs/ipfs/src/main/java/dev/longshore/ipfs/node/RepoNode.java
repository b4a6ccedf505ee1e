package dev.longshore.ipfs.node;

import dev.longshore.ipfs.Deadline;

/** The storage of one node. */
public interface RepoNode {
  /** The node's configured name. */
  String name();

  RepoStat repoStat(Deadline deadline) throws KuboException;

  /**
   * Removes every block that no pin reaches. Never during an import: it waits for none.
   *
   * @return blocks removed
   */
  long collectGarbage(Deadline deadline) throws KuboException;
}
