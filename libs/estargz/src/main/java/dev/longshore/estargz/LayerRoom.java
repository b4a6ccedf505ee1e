package dev.longshore.estargz;

import java.nio.file.Path;

/** What one layer was promised of the {@link SpoolRoom}, until it is closed. */
final class LayerRoom implements AutoCloseable {
  /** The disk is asked once in so many bytes, beyond what was promised before. */
  private static final long STEP_BYTES = 4 << 20;

  private final SpoolRoom shared;
  private long left;
  private long written;

  LayerRoom(SpoolRoom shared) {
    this.shared = shared;
  }

  Path folder() {
    return shared.folder();
  }

  /**
   * Makes sure of room for what is about to be written.
   *
   * @throws SpoolException when the disk has not so much
   */
  synchronized void require(long bytes) throws SpoolException {
    if (bytes > left) {
      long more = Math.max(bytes, STEP_BYTES) - left;
      shared.promise(more, written + left + more);
      left += more;
    }
  }

  /** So many bytes are on the disk now. */
  synchronized void written(long bytes) {
    long kept = Math.min(bytes, left);
    shared.giveBack(kept);
    left -= kept;
    written += bytes;
  }

  /** Gives back what was promised and is not needed. */
  @Override
  public synchronized void close() {
    shared.giveBack(left);
    left = 0;
  }
}
