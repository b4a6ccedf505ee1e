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
 * A folder for what is not finished, which only its owner may read. It may be closed by another
 * thread in the middle of a write: nothing gets a name in it, or out of it, afterwards.
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

  /** Writes the bytes of a file; what it gives back says how the file is called. */
  @FunctionalInterface
  interface Writing<T> {
    T to(OutputStream out) throws IOException;
  }

  /** Gives something its name, or makes a folder. */
  @FunctionalInterface
  interface Naming {
    void run() throws IOException;
  }

  /** A file that nobody else knows of, and where it goes. */
  private record Partial(Path path, OutputStream out) {}

  /**
   * Writes a file under a temporary name; it has its own when all of it was written.
   *
   * @param name where it goes, on the disk of this folder; what was there is replaced
   * @throws IOException if this was closed, also while it was written
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

  /** Opened at once: opened by name later, it might be made anew after all was removed. */
  private synchronized Partial partial() throws IOException {
    requireOpen();
    Path file = Files.createTempFile(path, "", ".partial");
    return new Partial(file, Files.newOutputStream(file));
  }

  /**
   * Does what must not come after the end.
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

  /** Removes all that is in it. */
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
