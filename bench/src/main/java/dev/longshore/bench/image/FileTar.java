package dev.longshore.bench.image;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Files of this machine as entries of a tar.
 *
 * @param paths in the order of the entries; what lies below a folder is not in it by that
 * @param touched what has another time than on this machine
 * @param contents of files that are other than on this machine
 */
public record FileTar(List<Path> paths, Touched touched, Map<Path, byte[]> contents) {
  /** A regular file that may be run. */
  private static final int PROGRAM = 0100755;

  private static final int BUFFER = 256 * 1024;

  /** Seconds since 1970 of what was touched. */
  private static final long OTHER_TIME = 1_700_000_000;

  /** What has another time. */
  public enum Touched {
    NOTHING,
    /**
     * As when an image is built anew of the same packages: directories, and what Python compiles.
     */
    BUILT,
    /** As by a fresh checkout. */
    ALL
  }

  public FileTar {
    paths = List.copyOf(paths);
    contents = Map.copyOf(contents);
  }

  /** The files as they are. */
  public static FileTar of(List<Path> paths) {
    return new FileTar(paths, Touched.NOTHING, Map.of());
  }

  /** Everything below folders, in the order of its names. */
  public static FileTar below(List<Path> folders, Predicate<Path> wanted) throws IOException {
    List<Path> paths = new ArrayList<>();
    for (Path folder : folders) {
      try (Stream<Path> found = Files.walk(folder)) {
        found.filter(wanted).sorted().forEach(paths::add);
      }
    }
    return of(paths);
  }

  public FileTar touching(Touched what) {
    return new FileTar(paths, what, contents);
  }

  /** The same with another content of one file. */
  public FileTar with(Path path, byte[] content) {
    return new FileTar(paths, touched, Map.of(path, content));
  }

  /** Writes the tar into a file. */
  public void writeTo(Path file) throws IOException {
    try (var tar =
        new TarArchiveOutputStream(
            new BufferedOutputStream(Files.newOutputStream(file), BUFFER),
            StandardCharsets.UTF_8.name())) {
      writeTo(tar);
    }
  }

  void writeTo(TarArchiveOutputStream tar) throws IOException {
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    for (Path path : paths) {
      put(path, tar);
    }
  }

  private void put(Path path, TarArchiveOutputStream tar) throws IOException {
    String name = path.toString().substring(1);
    TarArchiveEntry entry;
    byte[] content = contents.get(path);
    if (Files.isSymbolicLink(path)) {
      entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
      entry.setLinkName(Files.readSymbolicLink(path).toString());
    } else if (Files.isDirectory(path)) {
      entry = new TarArchiveEntry(name + "/");
    } else if (Files.isRegularFile(path) && Files.isReadable(path)) {
      entry = new TarArchiveEntry(name);
      entry.setSize(content == null ? Files.size(path) : content.length);
      entry.setMode(Files.isExecutable(path) ? PROGRAM : TarArchiveEntry.DEFAULT_FILE_MODE);
    } else {
      return;
    }
    entry.setModTime(time(path, entry));
    tar.putArchiveEntry(entry);
    if (content != null) {
      tar.write(content);
    } else if (entry.isFile() && entry.getSize() > 0) {
      Files.copy(path, tar);
    }
    tar.closeArchiveEntry();
  }

  private FileTime time(Path path, TarArchiveEntry entry) throws IOException {
    if (touched == Touched.ALL || (touched == Touched.BUILT && isBuilt(path, entry))) {
      return FileTime.fromMillis(OTHER_TIME * 1000);
    }
    FileTime modified = Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS);
    return FileTime.fromMillis(modified.toMillis() / 1000 * 1000);
  }

  private static boolean isBuilt(Path path, TarArchiveEntry entry) {
    Path folder = path.getParent();
    return entry.isDirectory() || (folder != null && folder.endsWith(DebianFiles.COMPILED));
  }
}
