package dev.longshore.estargz;

import java.nio.file.Path;

/** One layer's reservation in the {@link SpoolRoom}, until it is closed. */
final class LayerRoom implements AutoCloseable {
  /** Bytes beyond the reservation after which the disk is checked again. */
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
   * Reserves room for the next write.
   *
   * @throws SpoolException when the disk has too little
   */
  synchronized void require(long bytes) throws SpoolException {
    if (bytes > left) {
      long more = Math.max(bytes, STEP_BYTES) - left;
      shared.promise(more, written + left + more);
      left += more;
    }
  }

  /** Records bytes written to the disk. */
  synchronized void written(long bytes) {
    long kept = Math.min(bytes, left);
    shared.giveBack(kept);
    left -= kept;
    written += bytes;
  }

  /** Releases the unused part of the reservation. */
  @Override
  public synchronized void close() {
    shared.giveBack(left);
    left = 0;
  }
}
