package dev.longshore.ipfs.node;

import dev.longshore.ipfs.Deadline;
import dev.longshore.model.Cid;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;

/** Recursive pins of one node. */
public interface PinNode {
  /** Longest name of a pin, in bytes of UTF-8 (Kubo's limit). */
  int MAX_NAME_BYTES = 255;

  /** The node's configured name. */
  String name();

  /**
   * Pins a DAG, fetching what is missing from connected peers. Pinning again renames a pin of the
   * same installation; as a node has one name a CID, somebody else's pin keeps its own ({@link
   * PinNames}).
   *
   * @param pinName at most {@link #MAX_NAME_BYTES}; an empty one wipes the name of an older pin
   * @param stall longest time without a new block
   * @param progress called at the end with all blocks of the DAG, which the node then has
   * @throws KuboException {@link Fault#STALLED} or {@link Fault#TIMEOUT}: the fetch was broken off,
   *     nothing is pinned, blocks that came stay until the next garbage collection
   */
  void pin(Cid root, String pinName, Duration stall, Deadline deadline, PinProgress progress)
      throws KuboException;

  /**
   * Removes a recursive pin, unless it is somebody else's.
   *
   * @param namePrefix how the names of the caller's own pins begin
   * @return false when there was none of the caller's
   */
  boolean unpin(Cid root, String namePrefix, Deadline deadline) throws KuboException;

  /** Removes recursive pins, whatever their names, and passes over those that are gone. */
  void unpinAll(Collection<Cid> roots, Deadline deadline) throws KuboException;

  /** Name of the recursive pin of this very root, empty if it has none; none if not pinned. */
  Optional<String> nameOfPin(Cid root, Deadline deadline) throws KuboException;

  /** Whether this very root is pinned recursively. */
  default boolean isPinned(Cid root, Deadline deadline) throws KuboException {
    return nameOfPin(root, deadline).isPresent();
  }

  /** Hands over all recursive pins, one by one as they are listed. */
  void pins(Consumer<Pin> each, Deadline deadline) throws KuboException;
}
