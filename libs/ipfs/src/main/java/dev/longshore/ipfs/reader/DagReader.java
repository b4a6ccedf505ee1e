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
 * Reads files and directories out of blocks. Every block is checked against its CID before one of
 * its bytes is used, and nodes that lie about the sizes of their parts are refused, so what comes
 * out is what the root names or an {@link IpfsDataException}.
 */
public final class DagReader {
  /** Links from a root to a leaf, as Kubo's gateway limits them. */
  public static final int MAX_DEPTH = 1024;

  /**
   * Blocks of a file that is read as a whole: 4 MiB in the smallest leaves in use, of 1 KiB, with
   * room to spare. In leaves of a byte it would be 4 million round trips.
   */
  static final int MAX_SMALL_FILE_BLOCKS = 16_384;

  /** Parts of a path. */
  public static final int MAX_PATH_PARTS = 256;

  private final BlockFetcher blocks;
  private final long aheadBytes;

  /**
   * A reader that gets one block at a time.
   *
   * @param blockTimeout time for each block, so a reader gives up when there is no progress
   */
  public DagReader(BlockSource source, Duration blockTimeout) {
    this(source, blockTimeout, 0);
  }

  /**
   * A reader that gets leaves of an open file ahead of whoever reads it.
   *
   * @param aheadBytes at most, for each open file; the source is then asked by several threads
   */
  public DagReader(BlockSource source, Duration blockTimeout, long aheadBytes) {
    this.blocks = new BlockFetcher(source, blockTimeout);
    this.aheadBytes = aheadBytes;
  }

  /** Bytes of a file, as its root says. */
  public long fileSize(Cid file) throws IOException {
    return new FileWalk(blocks, file, 0).size();
  }

  /** Opens a whole file. */
  public InputStream open(Cid file) throws IOException {
    return open(file, 0, Long.MAX_VALUE);
  }

  /**
   * Opens a part of a file; only the blocks on the way to it are read.
   *
   * @param offset first byte, from 0; behind the end gives an empty stream
   * @param length bytes at most
   */
  public InputStream open(Cid file, long offset, long length) throws IOException {
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException(
          "range: %d+%d (expected: 0 or more each)".formatted(offset, length));
    }
    LeavesAhead leaves = new LeavesAhead(blocks, aheadBytes);
    FileWalk walk = new FileWalk(blocks, leaves, file, offset, length);
    return new FileStream(walk, Math.clamp(walk.size() - offset, 0, length));
  }

  /**
   * A small file as a whole.
   *
   * @throws BadDagException when it says that it is longer than {@code maxBytes}, or is cut into
   *     dust
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

  /** Hands over the entries of a directory one by one. */
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
