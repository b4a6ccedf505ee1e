package dev.longshore.oci.files;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * A layout as one tar: files sorted by name, without owners and times, so that it is repeatable.
 */
final class LayoutArchive {
  private LayoutArchive() {}

  static void write(Path layout, OutputStream tar) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(layout)) {
      all = files.filter(Files::isRegularFile).sorted().toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(tar)) {
      // Layers over 8 GiB.
      out.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      for (Path file : all) {
        TarArchiveEntry entry = new TarArchiveEntry(layout.relativize(file).toString());
        entry.setSize(Files.size(file));
        entry.setModTime(FileTime.fromMillis(0));
        out.putArchiveEntry(entry);
        Files.copy(file, out);
        out.closeArchiveEntry();
      }
    }
  }
}
