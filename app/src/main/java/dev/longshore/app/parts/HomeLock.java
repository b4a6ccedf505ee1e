package dev.longshore.app.parts;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Keeps a second run out of a home; ends with the process, however that ends. */
public final class HomeLock implements AutoCloseable {
  private final FileChannel channel;

  private HomeLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Locks a part of the home, or says who holds it.
   *
   * @param what {@code run} for a whole development run, or the one service or part
   */
  public static HomeLock take(Path home, String what) throws PartFailedException {
    Path file = home.resolve("locks").resolve(what);
    try {
      Files.createDirectories(file.getParent());
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (!locked(channel)) {
        String owner = Files.readString(file).strip();
        channel.close();
        throw new PartFailedException(
            "%s is in use by process %s; end that one, or set LONGSHORE_HOME to another folder"
                .formatted(home.toAbsolutePath(), owner),
            null);
      }
      channel.truncate(0);
      byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
      channel.write(ByteBuffer.wrap(pid), 0);
      return new HomeLock(channel);
    } catch (IOException e) {
      throw new PartFailedException(
          "the lock of %s could not be taken: %s".formatted(home, e.getMessage()), e);
    }
  }

  /**
   * Number of the process that holds the lock; empty if none does.
   *
   * @param what as in {@link #take}
   */
  public static Optional<String> holder(Path home, String what) {
    Path file = home.resolve("locks").resolve(what);
    if (!Files.isWritable(file)) {
      return Optional.empty();
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      return locked(channel) ? Optional.empty() : Optional.of(Files.readString(file).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException inThisProcess) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
