package dev.longshore.estargz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The room on the spool's disk, which layers reserve before they write: reserved but unwritten
 * bytes look free on the disk but are not available.
 */
final class SpoolRoom {
  /** Bytes left free for others: a full disk does more harm than a refused layer. */
  static final long RESERVE_BYTES = 512L << 20;

  private final Path folder;
  private final Disk disk;
  private long promised;

  /** A disk's own figures. */
  interface Disk {
    /** Bytes that this program may still write. */
    long free() throws IOException;

    /** Its total size in bytes. */
    long total() throws IOException;
  }

  /** Room on the folder's disk; the folder is created when needed. */
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
   * Reserves bytes for a layer.
   *
   * @param layer total bytes reserved by the layer, these included
   * @throws SpoolException when the disk has too little beyond what others hold or have reserved
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

  /** Releases reserved bytes that were written, or are not needed. */
  synchronized void giveBack(long bytes) {
    promised -= bytes;
  }
}
