package dev.longshore.bench.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** What lies below folders of this machine, in the order of its names, as entries of a tar. */
record FolderTar(List<Path> folders) {
  /** A regular file that may be run. */
  private static final int PROGRAM = 0100755;

  FolderTar {
    folders = List.copyOf(folders);
  }

  void writeTo(TarArchiveOutputStream tar) throws IOException {
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    for (Path folder : folders) {
      try (Stream<Path> found = Files.walk(folder)) {
        for (Path path : found.sorted().toList()) {
          put(path, tar);
        }
      }
    }
  }

  private static void put(Path path, TarArchiveOutputStream tar) throws IOException {
    String name = path.toString().substring(1);
    TarArchiveEntry entry;
    if (Files.isSymbolicLink(path)) {
      entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
      entry.setLinkName(Files.readSymbolicLink(path).toString());
    } else if (Files.isDirectory(path)) {
      entry = new TarArchiveEntry(name + "/");
    } else if (Files.isRegularFile(path) && Files.isReadable(path)) {
      entry = new TarArchiveEntry(name);
      entry.setSize(Files.size(path));
      entry.setMode(Files.isExecutable(path) ? PROGRAM : TarArchiveEntry.DEFAULT_FILE_MODE);
    } else {
      return;
    }
    FileTime modified = Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS);
    entry.setModTime(FileTime.fromMillis(modified.toMillis() / 1000 * 1000));
    tar.putArchiveEntry(entry);
    if (entry.isFile() && entry.getSize() > 0) {
      Files.copy(path, tar);
    }
    tar.closeArchiveEntry();
  }
}
