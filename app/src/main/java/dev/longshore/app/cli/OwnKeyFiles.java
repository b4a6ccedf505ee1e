package dev.longshore.app.cli;

import dev.longshore.ocicrypt.KeyFiles;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Private keys of the user; relative paths start in the current folder. */
final class OwnKeyFiles implements KeyFiles {
  /** Bytes; a key ring of some hundred keys. */
  private static final int MOST = 1 << 20;

  @Override
  public byte[] read(String path) throws IOException {
    try (InputStream file = Files.newInputStream(Path.of(path))) {
      return file.readNBytes(MOST + 1);
    } catch (NoSuchFileException e) {
      throw new IOException(
          "%s: there is no file %s (expected: a file of a private key or password)"
              .formatted(path, Path.of(path).toAbsolutePath().normalize()),
          e);
    } catch (InvalidPathException e) {
      throw new IOException("a key's path is no path", e);
    } catch (IOException e) {
      throw new IOException(
          "%s: cannot be read: %s (expected: a file of a private key or password)"
              .formatted(path, e.getClass().getSimpleName()),
          e);
    }
  }

  @Override
  public byte[] variable(String name) throws IOException {
    String value = System.getenv(name);
    if (value == null) {
      throw new IOException("a key's password: there is no variable " + name);
    }
    return value.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Optional<byte[]> ask(String path) {
    return Optional.ofNullable(System.console())
        .filter(Console::isTerminal)
        .map(console -> console.readPassword("password of %s: ", path))
        .map(OwnKeyFiles::encoded);
  }

  /** Wipes the typed password. */
  private static byte[] encoded(char[] typed) {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(CharBuffer.wrap(typed));
    byte[] password = new byte[bytes.remaining()];
    bytes.get(password);
    Arrays.fill(typed, '\0');
    bytes.clear();
    bytes.put(new byte[bytes.remaining()]);
    return password;
  }
}
