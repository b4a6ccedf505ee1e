package dev.longshore.app.doctor;

import dev.longshore.model.check.Check;
import dev.longshore.model.check.Findings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Whether a folder of ours can be written and has room left.
 *
 * @param setting where it is configured
 * @param wanted bytes it may grow to
 * @param least free bytes below which the service stands still
 */
record FolderCheck(String setting, Path folder, long wanted, long least, Disk disk)
    implements Check {
  private static final int MEGABYTE = 1_000_000;

  /** What a disk says of itself. */
  interface Disk {
    /** Bytes that this user may still write to the disk that has the folder. */
    long free(Path folder) throws IOException;

    Disk REAL = folder -> Files.getFileStore(folder).getUsableSpace();
  }

  @Override
  public String part() {
    return "folder " + setting;
  }

  @Override
  public void look(Findings findings) throws IOException {
    String tried = "write to " + folder;
    Path there = nearest(folder.toAbsolutePath());
    if (!Files.isDirectory(there) || !Files.isWritable(there)) {
      findings.wrong(
          tried,
          there + (Files.isDirectory(there) ? " cannot be written by this user" : " is no folder"),
          "chown it to the user of the service, or set another " + setting);
      return;
    }
    long used = there.equals(folder.toAbsolutePath()) ? used() : 0;
    long free = disk.free(there);
    String room = "%s free, %s used of it".formatted(text(free), text(used));
    if (free < least) {
      findings.wrong(
          tried, room, "free %s on that disk, or set another %s".formatted(text(least), setting));
    } else if (free + used < wanted) {
      findings.warning(
          tried,
          room,
          "it may grow to %s: free more, or set another %s".formatted(text(wanted), setting));
    } else {
      findings.fine(tried, room);
    }
  }

  /** The folder itself, or what it would be made in. */
  private static Path nearest(Path folder) {
    Path at = folder;
    while (!Files.exists(at) && at.getParent() != null) {
      at = at.getParent();
    }
    return at;
  }

  private long used() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(FolderCheck::size).sum();
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException gone) {
      return 0;
    }
  }

  private static String text(long bytes) {
    return bytes / MEGABYTE + " MB";
  }
}
