package dev.longshore.resolver.site;

import dev.longshore.ipfs.Block;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Blocks that the node is given while the next ones come: the line does not wait for the node's
 * disk. One import after the other, each of all that waits.
 */
final class GivenBeside {
  private final long most;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private List<Block> waiting = new ArrayList<>();
  private long bytes;
  private boolean running;
  private @Nullable IOException failure;

  /** Gives blocks to the node, and tells whoever follows them. */
  @FunctionalInterface
  interface Giving {
    void give(List<Block> blocks) throws IOException;
  }

  /**
   * @param most bytes that wait or are being given, beyond which whoever brings more waits
   */
  GivenBeside(long most) {
    this.most = most;
  }

  /**
   * Has them given; returns before that, unless very much waits.
   *
   * @throws IOException when the node did not take earlier ones
   */
  void add(List<Block> blocks, Giving giving) throws IOException {
    lock.lock();
    try {
      while (running && bytes >= most) {
        changed.await();
      }
      requireNoFailure();
      waiting.addAll(blocks);
      bytes += size(blocks);
      if (!running && !waiting.isEmpty()) {
        running = true;
        var _ = Thread.ofVirtual().name("given-beside").start(() -> run(giving));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("giving blocks to the node").initCause(e);
    } finally {
      lock.unlock();
    }
  }

  private static long size(List<Block> blocks) {
    return blocks.stream().mapToLong(Block::size).sum();
  }

  private void run(Giving giving) {
    List<Block> next = next(List.of(), null);
    while (!next.isEmpty()) {
      IOException wrong = null;
      try {
        giving.give(next);
      } catch (IOException e) {
        wrong = e;
      } catch (RuntimeException | Error e) {
        wrong = new IOException("giving blocks to the node: " + e, e);
      }
      next = next(next, wrong);
    }
  }

  /** Nothing more is given after a failure: it comes again. */
  private List<Block> next(List<Block> done, @Nullable IOException wrong) {
    lock.lock();
    try {
      bytes -= size(done);
      if (wrong != null) {
        failure = wrong;
        bytes -= size(waiting);
        waiting.clear();
      }
      List<Block> all = waiting;
      waiting = new ArrayList<>();
      running = !all.isEmpty();
      changed.signalAll();
      return all;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns once the node has all of them.
   *
   * @throws IOException when it did not take them
   */
  void await() throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      while (running) {
        changed.await();
      }
      requireNoFailure();
    } finally {
      lock.unlock();
    }
  }

  private void requireNoFailure() throws IOException {
    IOException why = failure;
    failure = null;
    if (why != null) {
      throw why;
    }
  }
}
