package dev.longshore.resolver.content;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.reader.BlockSource;
import dev.longshore.model.Cid;
import java.io.IOException;

/**
 * Single blocks of one DAG, unverified: from the node's files, and from the node itself where they
 * do not lie there, which asks its peers.
 */
public interface DagBlocks extends BlockSource {
  /** Whether the node has a block, without asking any peer. */
  boolean holds(Cid cid) throws IOException;

  /**
   * Has what a node links to brought from peers, all at once, if not too much is being brought. Who
   * asks for the same meanwhile gets the same. Nothing is pinned. Does not wait.
   *
   * @return whether it is being brought
   */
  boolean bring(Cid parent);

  /**
   * A block that a node links to: if that is being brought, then as soon as it came. Where it is
   * not, or comes no further, the node is asked for this block alone.
   */
  byte[] child(Cid parent, Cid cid, Deadline deadline) throws IOException;
}
