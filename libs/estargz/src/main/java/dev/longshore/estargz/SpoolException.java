package dev.longshore.estargz;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The spool's disk is full or fails: nothing is wrong with the layer. */
public final class SpoolException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Path folder;
  private final long needed;
  private final long free;
  private final boolean never;

  private SpoolException(
      Path folder,
      long needed,
      long free,
      boolean never,
      String message,
      @Nullable Throwable cause) {
    super(message, cause);
    this.folder = folder;
    this.needed = needed;
    this.free = free;
    this.never = never;
  }

  /** The exception for a failed call to the disk. */
  static IOException of(Path folder, long needed, IOException e) {
    if (e instanceof ClosedChannelException) {
      return e; // the thread was interrupted
    }
    long free;
    try {
      free = Files.getFileStore(folder).getUsableSpace();
    } catch (IOException unknown) {
      e.addSuppressed(unknown);
      return broken(folder, needed, e);
    }
    return free < needed
        ? full(folder, needed, free, SpoolRoom.RESERVE_BYTES, false, e)
        : broken(folder, needed, e);
  }

  /**
   * The disk has no room.
   *
   * @param kept free bytes that others hold or have reserved
   * @param never whether even an empty disk of that size would not be enough
   */
  static SpoolException full(Path folder, long needed, long free, long kept, boolean never) {
    return full(folder, needed, free, kept, never, null);
  }

  private static SpoolException full(
      Path folder, long needed, long free, long kept, boolean never, @Nullable IOException cause) {
    String message =
        "spool %s: %,d bytes are needed; %,d are free, and %,d are left to others; %s"
            .formatted(
                folder,
                needed,
                free,
                kept,
                never
                    ? "the disk is too small: set converter.spool-dir to a folder on a larger one"
                    : "make room there, or set converter.spool-dir to a folder on another disk");
    return new SpoolException(folder, needed, free, never, message, cause);
  }

  /** The disk fails. */
  static SpoolException broken(Path folder, long needed, IOException e) {
    return new SpoolException(
        folder,
        needed,
        -1,
        false,
        "spool %s: %,d bytes cannot be written or read: %s; repair the disk, or set converter.spool-dir to another folder"
            .formatted(folder, needed, e),
        e);
  }

  /** The folder in {@code converter.spool-dir}. */
  public Path folder() {
    return folder;
  }

  /** Bytes that were to be written or read. */
  public long needed() {
    return needed;
  }

  /** Bytes left on the disk for this program; -1 if unknown. */
  public long free() {
    return free;
  }

  /** Whether even an empty disk of that size would not be enough. */
  public boolean isForEver() {
    return never;
  }
}
