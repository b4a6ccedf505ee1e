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
   * Streams blocks into the node's store; nothing is pinned. The counts of both sides are compared.
   * After a failure the node may hold a part of them until its next garbage collection.
   *
   * @throws KuboException when the node fails; failures of the body pass through as they are
   */
  ImportStats importCar(CarBody body, Deadline deadline) throws IOException;

  /**
   * Begins an import that ends with a pin of its blocks; returns once no collection holds it up.
   *
   * @param deadline the end of all, also of the wait for a collection
   * @param limit for what follows that wait
   */
  HeldImport importHeld(Deadline deadline, Duration limit) throws IOException;

  /**
   * Streams every block below a root out of the node's own store, each once and checked, parents
   * before their children. Whether all came is for the taker to find out.
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
   * @throws KuboException {@link Fault#NOT_HELD} when it is out of {@link Reach#LOCAL}, {@link
   *     Fault#TIMEOUT} when no peer sends it in time
   */
  Block block(Cid cid, Reach reach, Deadline deadline) throws KuboException;

  /**
   * Takes one block out of the node's own store, unless a pin reaches it.
   *
   * @return why the node keeps it, in its own words; none if it is not there any more
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
   * for the first byte; the stream then fails when nothing comes for as long as that took at most.
   *
   * @param path below the root, {@code a/b}; empty for the root itself
   * @throws KuboException when there is no such file within reach
   */
  Content open(Cid root, String path, ByteRange range, Reach reach, Deadline deadline)
      throws KuboException;

  /**
   * Brings a whole DAG into the node's own store from connected peers, many blocks at once, while a
   * reader asks for a few only. Nothing is pinned.
   *
   * @param stall longest time without a new block
   * @throws KuboException when not all of it came; what did stays until the next garbage collection
   */
  void fetch(Cid root, Duration stall, Deadline deadline) throws KuboException;

  /**
   * Brings the blocks that one node links to into the node's own store from connected peers, many
   * at once. Nothing is pinned.
   *
   * @param came told of each of them in the order of the links, once it is there and all before it
   *     are
   * @param stall longest time without a new block
   * @throws KuboException when not all of it came; what did stays until the next garbage collection
   */
  void fetchChildren(Cid parent, Consumer<Cid> came, Duration stall, Deadline deadline)
      throws KuboException;
}
