package dev.longshore.resolver.content;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.reader.BlockSource;
import dev.longshore.model.Cid;
import java.io.IOException;

/**
 * Single blocks of one DAG, unverified: from the node's files, or else from the node itself, which
 * asks its peers.
 */
public interface DagBlocks extends BlockSource {
  /** Whether the node has a block, without asking any peer. */
  boolean holds(Cid cid) throws IOException;

  /**
   * Starts to fetch all children of a block from peers, unless too many fetches are running.
   * Concurrent requests share one fetch. Nothing is pinned. Does not wait.
   *
   * @return whether the fetch is running
   */
  boolean bring(Cid parent);

  /**
   * A child of a block: from a running fetch as soon as it arrives. Without one, or if it stalls,
   * the node fetches this block alone.
   */
  byte[] child(Cid parent, Cid cid, Deadline deadline) throws IOException;
}
