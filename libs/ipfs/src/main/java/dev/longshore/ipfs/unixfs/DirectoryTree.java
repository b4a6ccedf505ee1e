package dev.longshore.ipfs.unixfs;

import dev.longshore.ipfs.BlockSink;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Nested directories over DAGs that exist already, named by their paths: {@code blobs/sha256/...}.
 */
public final class DirectoryTree {
  private final SortedMap<String, DagLink> entries = new TreeMap<>();
  private final SortedMap<String, DirectoryTree> directories = new TreeMap<>();

  /**
   * Puts an entry at a path whose parts are split by {@code /}; directories on the way are made.
   * The same entry twice is one.
   *
   * @throws IllegalArgumentException when something else stands there, or a name cannot be one
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
