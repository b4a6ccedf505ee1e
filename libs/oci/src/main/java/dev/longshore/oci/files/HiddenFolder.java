package dev.longshore.oci.files;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A folder for unfinished files, readable by its owner alone. Another thread may close it during a
 * write: after that, nothing gets a name inside or outside it.
 */
final class HiddenFolder implements AutoCloseable {
  private final Path path;
  private boolean closed;

  private HiddenFolder(Path path) {
    this.path = path;
  }

  static HiddenFolder in(Path parent) throws IOException {
    return new HiddenFolder(Files.createTempDirectory(parent, ".longshore-"));
  }

  Path path() {
    return path;
  }

  /** Writes the bytes of a file; the result determines its name. */
  @FunctionalInterface
  interface Writing<T> {
    T to(OutputStream out) throws IOException;
  }

  /** Names a file, or creates a folder. */
  @FunctionalInterface
  interface Naming {
    void run() throws IOException;
  }

  /** Creates a private file, and its final place. */
  private record Partial(Path path, OutputStream out) {}

  /**
   * Writes a file under a temporary name, and renames it when it is complete.
   *
   * @param name its final path, on this folder's disk; replaces an existing file
   * @throws IOException if this was closed, even during the write
   */
  <T> T write(Writing<T> writing, Function<T, Path> name) throws IOException {
    Partial partial = partial();
    try {
      T written;
      try (OutputStream out = partial.out) {
        written = writing.to(out);
      }
      Path target = name.apply(written);
      naming(() -> Files.move(partial.path, target, StandardCopyOption.ATOMIC_MOVE));
      return written;
    } finally {
      remove(partial.path);
    }
  }

  /** Open it at once: opening it later by name could recreate it after everything was removed. */
  private synchronized Partial partial() throws IOException {
    requireOpen();
    Path file = Files.createTempFile(path, "", ".partial");
    return new Partial(file, Files.newOutputStream(file));
  }

  /**
   * Runs work that must not run after the end.
   *
   * @throws IOException if this was closed
   */
  synchronized void naming(Naming naming) throws IOException {
    requireOpen();
    naming.run();
  }

  private synchronized void remove(Path partial) throws IOException {
    Files.deleteIfExists(partial);
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw new IOException(
          path + ": no more is written, as what was made there is removed (begin again)");
    }
  }

  /** Removes all of its content. */
  @Override
  public synchronized void close() throws IOException {
    closed = true;
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
