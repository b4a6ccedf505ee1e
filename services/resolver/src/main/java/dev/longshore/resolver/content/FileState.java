package dev.longshore.resolver.content;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;

/**
 * File attributes that change with every write and every replacement.
 *
 * @param inode number of the file in its file system
 * @param changed the file system's own change time, which no program can set
 */
record FileState(Object inode, FileTime changed) {
  private static final String INODE = "ino";
  private static final String CHANGED = "ctime";

  static FileState of(Path file) throws IOException {
    Map<String, Object> found = Files.readAttributes(file, "unix:" + INODE + "," + CHANGED);
    return new FileState(
        Objects.requireNonNull(found.get(INODE)),
        (FileTime) Objects.requireNonNull(found.get(CHANGED)));
  }
}
