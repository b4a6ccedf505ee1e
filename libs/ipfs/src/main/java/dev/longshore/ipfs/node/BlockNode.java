package dev.longshore.ipfs.node;

import dev.longshore.ipfs.BadBlockException;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.Deadline;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Blocks and files of one node. */
public interface BlockNode {
  /** The node's configured name. */
  String name();

  /**
   * Streams blocks into the node's store without a pin, and compares both sides' counts. After a
   * failure the node may hold some of them until its next garbage collection.
   *
   * @throws KuboException when the node fails; failures of the body pass through as they are
   */
  ImportStats importCar(CarBody body, Deadline deadline) throws IOException;

  /**
   * Begins an import that ends with a pin of its blocks; returns once no collection delays it.
   *
   * @param deadline for everything, the wait for a collection included
   * @param limit for what follows that wait
   */
  HeldImport importHeld(Deadline deadline, Duration limit) throws IOException;

  /**
   * Streams every block below a root out of the node's own store, each once and checked, parents
   * before their children. The sink must check that all came.
   *
   * @param stall longest time without a new byte
   * @throws BadBlockException when the node sends other bytes than a CID's
   * @throws KuboException {@link Fault#NOT_HELD} when it lacks a block; failures of the sink pass
   *     through as they are
   */
  void export(Cid root, BlockSink sink, Duration stall, Deadline deadline) throws IOException;

  /**
   * One block, checked.
   *
   * @throws BadBlockException when the node sends other bytes than the CID's
   * @throws KuboException {@link Fault#NOT_HELD} when the node lacks it ({@link Reach#LOCAL}),
   *     {@link Fault#TIMEOUT} when no peer sends it in time
   */
  Block block(Cid cid, Reach reach, Deadline deadline) throws KuboException;

  /**
   * Removes one block from the node's own store, unless a pin reaches it.
   *
   * @return why the node keeps it, in its own words; empty if it is gone
   */
  Optional<String> removeBlock(Cid cid, Deadline deadline) throws KuboException;

  /** Whether the node's own store has this one block. */
  boolean holds(Cid cid, Deadline deadline) throws KuboException;

  /**
   * Checks that the node itself holds every block below the root, without asking any peer.
   *
   * @throws KuboException {@link Fault#NOT_HELD} when it does not
   * @throws BadBlockException when it sends other bytes ({@link LocalCheck#REHASH})
   */
  LocalCopy verifyLocal(Cid root, LocalCheck check, Deadline deadline) throws KuboException;

  /**
   * Opens a file. With {@link Reach#LOCAL} this is the fastest way to read in bulk. The deadline is
   * for the first byte; each later wait may take as long as that one might have.
   *
   * @param path below the root, {@code a/b}; empty for the root itself
   * @throws KuboException when there is no such file within reach
   */
  Content open(Cid root, String path, ByteRange range, Reach reach, Deadline deadline)
      throws KuboException;

  /**
   * Fetches a whole DAG from connected peers into the node's own store, many blocks at once, where
   * a reader requests only a few. Nothing is pinned.
   *
   * @param stall longest time without a new block
   * @throws KuboException when not all of it came; what did stays until the next garbage collection
   */
  void fetch(Cid root, Duration stall, Deadline deadline) throws KuboException;

  /**
   * Fetches a block's children from connected peers into the node's own store, many at once.
   * Nothing is pinned.
   *
   * @param came called with each child in the order of the links, once it and all before it are
   *     there
   * @param stall longest time without a new block
   * @throws KuboException when not all of it came; what did stays until the next garbage collection
   */
  void fetchChildren(Cid parent, Consumer<Cid> came, Duration stall, Deadline deadline)
      throws KuboException;
}
