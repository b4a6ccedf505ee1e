package dev.longshore.app.parts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.function.Supplier;

/** Files readable only by their owner: secrets, and settings that contain some. */
public final class OwnerFiles {
  private static final int TOKEN_BYTES = 24;

  private OwnerFiles() {}

  /** A new secret for a header. */
  static String newToken() {
    byte[] token = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(token);
    return HexFormat.of().formatHex(token) + "\n";
  }

  /** The file's content, created at the first call. */
  static String once(Path file, Supplier<String> fresh) throws IOException {
    if (Files.exists(file)) {
      return Files.readString(file);
    }
    String made = fresh.get();
    write(file, made);
    return made;
  }

  /** Replaces the file as a whole. */
  public static void write(Path file, String content) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(temporary);
    Files.createFile(
        temporary,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(temporary, content.getBytes(StandardCharsets.UTF_8));
    Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
  }
}
