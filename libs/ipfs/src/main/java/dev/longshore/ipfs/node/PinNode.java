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
   * same installation; as a node has one name per CID, another owner's pin keeps its own ({@link
   * PinNames}).
   *
   * @param pinName at most {@link #MAX_NAME_BYTES}; an empty one clears the name of an older pin
   * @param stall longest time without a new block
   * @param progress called at the end with all blocks of the DAG, which the node then has
   * @throws KuboException {@link Fault#STALLED} or {@link Fault#TIMEOUT}: the fetch was aborted,
   *     nothing is pinned, and received blocks stay until the next garbage collection
   */
  void pin(Cid root, String pinName, Duration stall, Deadline deadline, PinProgress progress)
      throws KuboException;

  /**
   * Removes a recursive pin if it is the caller's.
   *
   * @param namePrefix of the caller's own pin names
   * @return false when the caller had none
   */
  boolean unpin(Cid root, String namePrefix, Deadline deadline) throws KuboException;

  /** Removes recursive pins with any name; skips those that are gone. */
  void unpinAll(Collection<Cid> roots, Deadline deadline) throws KuboException;

  /** Name of the recursive pin of this root itself, "" if it has none; empty if not pinned. */
  Optional<String> nameOfPin(Cid root, Deadline deadline) throws KuboException;

  /** Whether this root itself is pinned recursively. */
  default boolean isPinned(Cid root, Deadline deadline) throws KuboException {
    return nameOfPin(root, deadline).isPresent();
  }

  /** Passes on all recursive pins, one by one as they are listed. */
  void pins(Consumer<RecursivePin> each, Deadline deadline) throws KuboException;
}
