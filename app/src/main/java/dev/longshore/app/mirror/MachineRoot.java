package dev.longshore.app.mirror;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The file system of the machine: this one, or below a folder the one of an image that is being
 * built or of a host seen from a container.
 */
record MachineRoot(Path folder) {
  /** As many as Linux follows. */
  private static final int MAX_LINKS = 40;

  MachineRoot {
    folder = folder.toAbsolutePath().normalize();
  }

  boolean isThisMachine() {
    return folder.getParent() == null;
  }

  /**
   * Where a file of the machine is, behind all symbolic links. An absolute link is one of the
   * machine: it does not lead out of the folder.
   *
   * @param path absolute on the machine; the file need not be there
   */
  Path at(String path) throws IOException {
    Deque<Path> ahead = new ArrayDeque<>();
    push(ahead, Path.of(path));
    Path reached = folder;
    int links = 0;
    while (!ahead.isEmpty()) {
      Path next = ahead.pop();
      if (next.toString().equals("..")) {
        Path parent = reached.getParent();
        reached = reached.equals(folder) || parent == null ? reached : parent;
        continue;
      }
      Path candidate = reached.resolve(next);
      if (!Files.isSymbolicLink(candidate)) {
        reached = candidate;
        continue;
      }
      if (++links > MAX_LINKS) {
        throw new IOException(path + ": too many symbolic links");
      }
      Path target = Files.readSymbolicLink(candidate);
      if (target.isAbsolute()) {
        reached = folder;
      }
      push(ahead, target);
    }
    return reached;
  }

  private static void push(Deque<Path> ahead, Path path) {
    for (int i = path.getNameCount() - 1; i >= 0; i--) {
      String name = path.getName(i).toString();
      if (!name.isEmpty() && !name.equals(".")) {
        ahead.push(path.getName(i));
      }
    }
  }

  boolean has(String path) throws IOException {
    return Files.exists(at(path), LinkOption.NOFOLLOW_LINKS);
  }

  /** The path on the machine of a file of it. */
  String path(Path file) {
    return "/" + folder.relativize(file);
  }
}
