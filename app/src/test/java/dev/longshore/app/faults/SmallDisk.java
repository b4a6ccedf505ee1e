package dev.longshore.app.faults;

import dev.longshore.programs.Command;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file system in memory that can be filled to its last byte; it takes root. */
final class SmallDisk implements AutoCloseable {
  static final int BYTES = 32 << 20;
  private static final int CHUNK = 4096;
  private final Path folder;
  private boolean mounted;

  SmallDisk(Path folder) {
    this.folder = folder;
  }

  void mount() throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Command.of("mount", "-t", "tmpfs", "-o", "size=" + BYTES, "tmpfs", folder.toString()).run();
    mounted = true;
  }

  private Path ballast() {
    return folder.resolve("ballast");
  }

  void fill() throws IOException {
    try (FileChannel file =
        FileChannel.open(ballast(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (int size = CHUNK; size > 0; size /= 2) {
        while (fits(file, size)) {}
      }
    }
  }

  private static boolean fits(FileChannel file, int bytes) {
    try {
      return file.write(ByteBuffer.allocate(bytes)) > 0;
    } catch (IOException e) {
      return false; // no space is left
    }
  }

  void clear() throws IOException {
    Files.deleteIfExists(ballast());
  }

  @Override
  public void close() throws IOException, InterruptedException {
    if (mounted) {
      Command.of("umount", folder.toString()).run();
      mounted = false;
    }
  }
}
