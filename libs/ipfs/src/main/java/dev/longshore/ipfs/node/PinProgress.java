package dev.longshore.ipfs.node;

/** Told while a pin goes on, on the thread that pins. */
@FunctionalInterface
public interface PinProgress {
  /** Listens to nothing. */
  PinProgress NONE = (blocks, bytes) -> {};

  /**
   * Called whenever the node reports, also when nothing new came.
   *
   * @param blocks blocks that are there so far
   * @param bytes their bytes
   */
  void reached(long blocks, long bytes);
}
