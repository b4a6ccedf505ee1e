package dev.longshore.ipfs.unixfs;

import dev.longshore.ipfs.BlockSink;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Nested directories over existing DAGs, named by their paths: {@code blobs/sha256/...}. */
public final class DirectoryTree {
  private final SortedMap<String, DagLink> entries = new TreeMap<>();
  private final SortedMap<String, DirectoryTree> directories = new TreeMap<>();

  /**
   * Puts an entry at a path with parts separated by {@code /}, creating directories on the way.
   * Adding the same entry twice has no effect.
   *
   * @throws IllegalArgumentException when another entry is there, or a name is invalid
   */
  public DirectoryTree put(String path, DagLink entry) {
    int slash = path.indexOf('/');
    String name = slash < 0 ? path : path.substring(0, slash);
    EntryName.require(name);
    if (slash >= 0) {
      requireFree(!entries.containsKey(name), path);
      directories
          .computeIfAbsent(name, n -> new DirectoryTree())
          .put(path.substring(slash + 1), entry);
      return this;
    }
    requireFree(!directories.containsKey(name), path);
    DagLink before = entries.putIfAbsent(name, entry);
    requireFree(before == null || before.equals(entry), path);
    return this;
  }

  /** Writes the blocks of all directories, the innermost first, and returns the root. */
  public DagLink write(BlockSink sink) throws IOException {
    SortedMap<String, DagLink> all = new TreeMap<>(entries);
    for (Map.Entry<String, DirectoryTree> directory : directories.entrySet()) {
      all.put(directory.getKey(), directory.getValue().write(sink));
    }
    return UnixFsDirectory.of(all, sink);
  }

  private static void requireFree(boolean free, String path) {
    if (!free) {
      throw new IllegalArgumentException("path: \"" + path + "\" is taken by another entry");
    }
  }
}
