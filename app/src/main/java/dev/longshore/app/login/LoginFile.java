package dev.longshore.app.login;

import dev.longshore.oci.login.NoLoginException;
import dev.longshore.settings.WatchedFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file that others write. Each use looks whether it changed; while the new content cannot be
 * used, the previous stays.
 */
final class LoginFile<T> {
  /** Bytes; one with the logins of a hundred registries has some dozens of kB. */
  private static final int LONGEST = 1 << 20;

  /** Reads the content. */
  @FunctionalInterface
  interface Parser<T> {
    T parse(byte[] content) throws NoLoginException;
  }

  private final Path file;
  private final Parser<T> parser;
  private @Nullable WatchedFiles watched;
  private @Nullable T content;

  LoginFile(Path file, Parser<T> parser) {
    this.file = file;
    this.parser = parser;
  }

  /**
   * What it says now.
   *
   * @throws NoLoginException when it never was one that can be used
   */
  synchronized T content() throws NoLoginException {
    if (watched == null) {
      watched = WatchedFiles.onDemand("credentials", List.of(file), this::read);
    } else {
      watched.look();
    }
    T known = content;
    if (known == null) {
      throw new IllegalStateException("nothing was read of " + file);
    }
    return known;
  }

  private void read() throws NoLoginException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LONGEST + 1);
    } catch (NoSuchFileException e) {
      throw new NoLoginException("there is no file " + file);
    } catch (IOException e) {
      throw new NoLoginException("cannot read " + file + ": " + e.getClass().getSimpleName());
    }
    if (bytes.length > LONGEST) {
      throw new NoLoginException(file + " is longer than " + LONGEST + " bytes");
    }
    try {
      content = parser.parse(bytes);
    } catch (NoLoginException e) {
      throw new NoLoginException(file + ": " + e.getMessage());
    }
  }
}
