package dev.longshore.app.clients;

import dev.longshore.model.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** All that programs can see of the files below a folder. */
final class FileTree {
  private static final int TYPE_BITS = 0170000;
  private static final int REGULAR = 0100000;
  private static final int SYMLINK = 0120000;

  private FileTree() {}

  /**
   * By path: type and mode, owner, device, time of change, all names of the file, extended
   * attributes, target or the content's digest. The folder itself is left out: a plain pull does
   * not set its attributes.
   */
  static SortedMap<String, String> of(Path root) throws IOException {
    return of(root, _ -> {});
  }

  /**
   * The same.
   *
   * @param at called with each file before it is read
   */
  static SortedMap<String, String> of(Path root, Consumer<Path> at) throws IOException {
    List<Path> paths;
    try (Stream<Path> all = Files.walk(root)) {
      paths = all.peek(at).filter(path -> !path.equals(root)).sorted().toList();
    }
    var tree = new TreeMap<String, String>();
    for (Path path : paths) {
      at.accept(path);
      tree.put(name(root, path), described(path, names(root, path, paths)));
    }
    return tree;
  }

  private static String name(Path root, Path path) {
    return "/" + root.relativize(path);
  }

  /** Other names of a file with several. */
  private static List<String> names(Path root, Path path, List<Path> paths) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) || (int) attribute(path, "nlink") == 1) {
      return List.of();
    }
    Object key = attribute(path, "fileKey"); // device and number: each layer counts anew
    var names = new ArrayList<String>();
    for (Path other : paths) {
      if (attribute(other, "fileKey").equals(key)) {
        names.add(name(root, other));
      }
    }
    return names;
  }

  private static Object attribute(Path path, String name) throws IOException {
    return Files.getAttribute(path, "unix:" + name, LinkOption.NOFOLLOW_LINKS);
  }

  private static String described(Path path, List<String> names) throws IOException {
    int mode = (int) attribute(path, "mode");
    String content =
        switch (mode & TYPE_BITS) {
          case REGULAR -> Digest.of(Files.readAllBytes(path)).toString();
          case SYMLINK -> "-> " + Files.readSymbolicLink(path);
          default -> "";
        };
    return "%o %s:%s device %s at %d as %s with %s %s"
        .formatted(
            mode,
            attribute(path, "uid"),
            attribute(path, "gid"),
            attribute(path, "rdev"),
            ((FileTime) attribute(path, "lastModifiedTime")).to(TimeUnit.SECONDS),
            names,
            ExtendedAttributes.of(path),
            content);
  }
}
