package dev.longshore.app.mirror;

import dev.longshore.model.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A file that is there: its bytes, mode and owner.
 *
 * @param mode the twelve bits of permission
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by hash() alone.
record StoredFile(byte[] bytes, int mode, int uid, int gid) {
  static final int FOR_ALL = 0644;
  static final int FOR_OWNER = 0600;

  private static final int PERMISSIONS = 07777;

  /** One of a program; larger ones are none of a runtime's settings. */
  private static final long MAX_BYTES = 16L << 20;

  /** Empty if there is none. */
  static Optional<StoredFile> of(Path file) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    if (!Files.isRegularFile(file) || Files.size(file) > MAX_BYTES) {
      throw new IOException(file + ": expected a file of at most 16 MiB");
    }
    Map<String, Object> read = Files.readAttributes(file, "unix:mode,uid,gid");
    return Optional.of(
        new StoredFile(
            Files.readAllBytes(file),
            number(read, "mode") & PERMISSIONS,
            number(read, "uid"),
            number(read, "gid")));
  }

  private static int number(Map<String, Object> attributes, String name) {
    return attributes.get(name) instanceof Integer number ? number : 0;
  }

  /** A new one. */
  static StoredFile of(String text, int mode) throws IOException {
    Map<String, Object> own = Files.readAttributes(Path.of("/proc/self"), "unix:uid,gid");
    return new StoredFile(
        text.getBytes(StandardCharsets.UTF_8), mode, number(own, "uid"), number(own, "gid"));
  }

  /** The same file with another text; who may read it stays, unless the text is a secret. */
  StoredFile with(String text, boolean secret) {
    return new StoredFile(
        text.getBytes(StandardCharsets.UTF_8), secret ? mode & FOR_OWNER : mode, uid, gid);
  }

  boolean isOwnersAlone() {
    return (mode & ~FOR_OWNER) == 0;
  }

  String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  String hash() {
    return Digest.of(bytes).hex();
  }
}
