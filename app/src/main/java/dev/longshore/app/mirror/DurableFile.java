package dev.longshore.app.mirror;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;

/** Files that are there whole or not at all, whenever the power goes. */
final class DurableFile {
  private DurableFile() {}

  /** Where the next content of a file waits: no runtime reads a name like this. */
  static Path next(Path file) {
    return file.resolveSibling("." + file.getFileName() + ".longshore-next");
  }

  /** Writes the next content, with mode and owner, beside the file. */
  static Path stage(Path file, StoredFile content) throws IOException {
    Path next = next(file);
    Files.deleteIfExists(next);
    Files.createFile(
        next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content.bytes());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      own(next, content);
      channel.force(true);
    }
    return next;
  }

  /** The owner first: a change of owner takes bits of the mode away. */
  private static void own(Path file, StoredFile content) throws IOException {
    if (!Integer.valueOf(content.uid()).equals(Files.getAttribute(file, "unix:uid"))) {
      Files.setAttribute(file, "unix:uid", content.uid());
    }
    if (!Integer.valueOf(content.gid()).equals(Files.getAttribute(file, "unix:gid"))) {
      Files.setAttribute(file, "unix:gid", content.gid());
    }
    Files.setAttribute(file, "unix:mode", content.mode());
  }

  /** Nothing is staged any more. */
  static void discard(Path file) throws IOException {
    Path next = next(file);
    if (Files.isRegularFile(next, LinkOption.NOFOLLOW_LINKS)) {
      Files.delete(next);
    }
  }

  /** What was staged takes the file's place. */
  static void move(Path file) throws IOException {
    Files.move(next(file), file, StandardCopyOption.ATOMIC_MOVE);
    force(folder(file));
  }

  static Path folder(Path file) {
    return Objects.requireNonNullElse(file.getParent(), file);
  }

  static void replace(Path file, StoredFile content) throws IOException {
    stage(file, content);
    move(file);
  }

  static void delete(Path file) throws IOException {
    if (Files.deleteIfExists(file)) {
      force(folder(file));
    }
  }

  /** Makes what is missing; each is on the disk before the next. */
  static void makeFolders(Path folder) throws IOException {
    Deque<Path> missing = new ArrayDeque<>();
    for (Path each = folder; each != null && !Files.isDirectory(each); each = each.getParent()) {
      missing.push(each);
    }
    for (Path each : missing) {
      Files.createDirectory(each);
      force(folder(each));
    }
  }

  private static void force(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
