package dev.longshore.estargz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The room on the spool's disk, which layers are promised before they write: what all of them were
 * promised and have not written yet is free on the disk, and none the less not there.
 */
final class SpoolRoom {
  /** What is left to others on the disk; a full one harms more than a refused layer. */
  static final long RESERVE_BYTES = 512L << 20;

  private final Path folder;
  private final Disk disk;
  private long promised;

  /** What a disk says of itself. */
  interface Disk {
    /** Bytes that this program may still write. */
    long free() throws IOException;

    /** Bytes of an empty one. */
    long total() throws IOException;
  }

  /** Room on the disk that has the folder; it is made when it is needed. */
  SpoolRoom(Path folder) {
    this(folder, new DiskOf(folder));
  }

  SpoolRoom(Path folder, Disk disk) {
    this.folder = folder;
    this.disk = disk;
  }

  private record DiskOf(Path folder) implements Disk {
    @Override
    public long free() throws IOException {
      Files.createDirectories(folder);
      return Files.getFileStore(folder).getUsableSpace();
    }

    @Override
    public long total() throws IOException {
      return Files.getFileStore(folder).getTotalSpace();
    }
  }

  Path folder() {
    return folder;
  }

  /**
   * Promises bytes to a layer.
   *
   * @param layer bytes that the layer has then taken from its beginning on, these included
   * @throws SpoolException when the disk has not so much besides what others have or were promised
   */
  synchronized void promise(long bytes, long layer) throws SpoolException {
    try {
      long free = disk.free();
      long kept = RESERVE_BYTES + promised;
      if (free - kept < bytes) {
        boolean never = disk.total() - RESERVE_BYTES < layer;
        throw SpoolException.full(folder, bytes, free, kept, never);
      }
    } catch (SpoolException e) {
      throw e;
    } catch (IOException e) {
      throw SpoolException.broken(folder, bytes, e);
    }
    promised += bytes;
  }

  /** Bytes of a promise that were written, or are not needed. */
  synchronized void giveBack(long bytes) {
    promised -= bytes;
  }
}
