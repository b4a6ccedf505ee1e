package dev.longshore.ipfs.node;

/** Receives the progress of a pin, on the thread that pins. */
@FunctionalInterface
public interface PinProgress {
  /** Ignores progress. */
  PinProgress NONE = (blocks, bytes) -> {};

  /**
   * Called at each report of the node, even without new blocks.
   *
   * @param blocks blocks that are there so far
   * @param bytes their bytes
   */
  void reached(long blocks, long bytes);
}
