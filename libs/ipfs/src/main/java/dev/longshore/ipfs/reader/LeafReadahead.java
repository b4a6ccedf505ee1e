package dev.longshore.ipfs.reader;

import dev.longshore.ipfs.Block;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/**
 * Fetches leaves in order and prefetches some of the next: leaves of a lazy layer are small, and
 * each would cost a network round trip. Used by one thread.
 */
final class LeafReadahead implements AutoCloseable {
  /** More concurrent requests would exceed one reader's share. */
  private static final int MOST_LEAVES = 16;

  private final BlockFetcher blocks;
  private final long mostBytes;
  private final Map<FileSubtree, Future<Block>> coming = new HashMap<>();

  /**
   * @param mostBytes limit of bytes requested ahead, in addition to the current leaf; 0 fetches one
   *     at a time
   */
  LeafReadahead(BlockFetcher blocks, long mostBytes) {
    this.blocks = blocks;
    this.mostBytes = mostBytes;
  }

  /**
   * Waits for a leaf.
   *
   * @param next the leaves after it in the file
   * @param wanted bytes after it that will be requested
   */
  Block get(FileSubtree leaf, Iterable<FileSubtree> next, long wanted) throws IOException {
    begin(next, wanted);
    Future<Block> begun = coming.remove(leaf);
    return begun == null ? blocks.fetch(leaf.cid()) : await(begun);
  }

  private void begin(Iterable<FileSubtree> next, long wanted) {
    long bytes = 0;
    int leaves = 0;
    for (FileSubtree part : next) {
      boolean beyond = bytes >= wanted || bytes + part.size() > mostBytes;
      if (beyond || leaves == MOST_LEAVES || part.cid().codec() != Cid.RAW) {
        return;
      }
      bytes += part.size();
      leaves++;
      coming.computeIfAbsent(part, this::start);
    }
  }

  private Future<Block> start(FileSubtree leaf) {
    FutureTask<Block> task = new FutureTask<>(() -> blocks.fetch(leaf.cid()));
    Thread.ofVirtual().name("leaf-ahead").start(task);
    return task;
  }

  private static Block await(Future<Block> begun) throws IOException {
    try {
      return begun.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failed -> throw failed;
        case RuntimeException failed -> throw failed;
        case Error failed -> throw failed;
        case null, default -> throw new IOException(e.getCause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a leaf is fetched");
    }
  }

  /** Cancels pending requests. */
  @Override
  public void close() {
    coming.values().forEach(each -> each.cancel(true));
    coming.clear();
  }
}
