package dev.longshore.app.demo;

import dev.longshore.model.Digest;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** An image layer of jars: a tar that is the same on every machine. */
final class JarLayer {
  private static final int FILE_MODE = 0100644;
  private static final int FOLDER_MODE = 040755;
  private static final int BUFFER = 256 * 1024;

  private JarLayer() {}

  /**
   * Writes the layer.
   *
   * @param prefix folder in the image, with a slash at its end
   */
  static Digest write(Path file, String prefix, List<Path> jars) throws IOException {
    MessageDigest hash = Digest.Algorithm.SHA256.newHash();
    try (OutputStream out =
            new BufferedOutputStream(
                new DigestOutputStream(Files.newOutputStream(file), hash), BUFFER);
        TarArchiveOutputStream tar =
            new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name())) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      int slash = prefix.indexOf('/');
      while (slash >= 0) {
        folder(tar, prefix.substring(0, slash + 1));
        slash = prefix.indexOf('/', slash + 1);
      }
      for (Path jar : jars) {
        TarArchiveEntry entry =
            entry(prefix + jar.getFileName(), TarConstants.LF_NORMAL, FILE_MODE);
        entry.setSize(Files.size(jar));
        tar.putArchiveEntry(entry);
        Files.copy(jar, tar);
        tar.closeArchiveEntry();
      }
    }
    return Digest.finish(Digest.Algorithm.SHA256, hash);
  }

  private static void folder(TarArchiveOutputStream tar, String name) throws IOException {
    tar.putArchiveEntry(entry(name, TarConstants.LF_DIR, FOLDER_MODE));
    tar.closeArchiveEntry();
  }

  private static TarArchiveEntry entry(String name, byte type, int mode) {
    TarArchiveEntry entry = new TarArchiveEntry(name, type);
    entry.setMode(mode);
    entry.setLastModifiedTime(FileTime.fromMillis(0));
    entry.setIds(0, 0);
    entry.setNames("", "");
    return entry;
  }
}
