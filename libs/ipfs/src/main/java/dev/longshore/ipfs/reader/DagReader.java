package dev.longshore.ipfs.reader;

import dev.longshore.ipfs.BadDagException;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.PathNotFoundException;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads files and directories from blocks. Checks every block against its CID before use, and
 * refuses nodes with wrong sizes of their parts, so the result is what the root names, or an {@link
 * IpfsDataException}.
 */
public final class DagReader {
  /** Links from a root to a leaf, as Kubo's gateway limits them. */
  public static final int MAX_DEPTH = 1024;

  /**
   * Limit of blocks for a file read whole: enough for 4 MiB in the smallest usual leaves, of 1 KiB.
   * In leaves of a byte it would take 4 million round trips.
   */
  static final int MAX_SMALL_FILE_BLOCKS = 16_384;

  /** Limit of parts in a path. */
  public static final int MAX_PATH_PARTS = 256;

  private final BlockFetcher blocks;
  private final long aheadBytes;

  /**
   * A reader that fetches one block at a time.
   *
   * @param blockTimeout time for each block, so that reading ends when there is no progress
   */
  public DagReader(BlockSource source, Duration blockTimeout) {
    this(source, blockTimeout, 0);
  }

  /**
   * A reader that prefetches leaves of an open file.
   *
   * @param aheadBytes limit for each open file; several threads then use the source
   */
  public DagReader(BlockSource source, Duration blockTimeout, long aheadBytes) {
    this.blocks = new BlockFetcher(source, blockTimeout);
    this.aheadBytes = aheadBytes;
  }

  /** A reader for one thread that remembers the last few blocks. */
  public static DagReader withMemory(BlockSource source, Duration blockTimeout) {
    return new DagReader(new RecentBlocks(source), blockTimeout);
  }

  /** Size of a file in bytes, according to its root. */
  public long fileSize(Cid file) throws IOException {
    return new FileWalk(blocks, file, 0).size();
  }

  /** Opens a whole file. */
  public InputStream open(Cid file) throws IOException {
    return open(file, 0, Long.MAX_VALUE);
  }

  /**
   * Opens a part of a file, reading only the blocks on the way to it.
   *
   * @param offset first byte, from 0; beyond the end gives an empty stream
   * @param length most bytes
   */
  public InputStream open(Cid file, long offset, long length) throws IOException {
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException(
          "range: %d+%d (expected: 0 or more each)".formatted(offset, length));
    }
    LeafReadahead leaves = new LeafReadahead(blocks, aheadBytes);
    FileWalk walk = new FileWalk(blocks, leaves, file, offset, length);
    return new FileStream(walk, Math.clamp(walk.size() - offset, 0, length));
  }

  /**
   * A small file as an array.
   *
   * @throws BadDagException when its declared size exceeds {@code maxBytes}, or it has too many
   *     blocks
   */
  public byte[] read(Cid file, int maxBytes) throws IOException {
    FileWalk walk = new FileWalk(blocks.atMost(MAX_SMALL_FILE_BLOCKS), file, 0);
    if (walk.size() > maxBytes) {
      throw new BadDagException(
          "file %s: %d bytes (expected: <= %d)".formatted(file, walk.size(), maxBytes));
    }
    try (InputStream stream = new FileStream(walk, walk.size())) {
      return stream.readAllBytes();
    }
  }

  /** The entries of a directory, in the order of its links. */
  public List<DirectoryEntry> list(Cid directory) throws IOException {
    List<DirectoryEntry> entries = new ArrayList<>();
    list(directory, entries::add);
    return entries;
  }

  /** Passes on the entries of a directory one by one. */
  public void list(Cid directory, Consumer<DirectoryEntry> each) throws IOException {
    new DirectoryWalk(blocks).list(directory, each);
  }

  /**
   * Follows a path.
   *
   * @param path {@code a/b/c}; empty for the root; slashes at the ends or doubled do not count
   * @throws PathNotFoundException when it leads to nothing
   */
  public Cid resolve(Cid root, String path) throws IOException {
    Cid at = root;
    int parts = 0;
    for (String part : path.split("/", -1)) {
      if (part.isEmpty()) {
        continue;
      }
      if (++parts > MAX_PATH_PARTS) {
        throw new PathNotFoundException("path of over " + MAX_PATH_PARTS + " parts in " + root);
      }
      at = new DirectoryWalk(blocks).find(at, part);
    }
    return at;
  }
}
