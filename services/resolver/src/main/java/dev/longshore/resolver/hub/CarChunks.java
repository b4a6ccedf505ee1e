package dev.longshore.resolver.hub;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.car.CarWriter;
import dev.longshore.ipfs.reader.LeafOrder.Leaf;
import dev.longshore.model.Cid;
import dev.longshore.runtime.edge.http.ChunkSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A CAR of blocks, each verified before it is sent. It fails at the first block that is missing or
 * wrong.
 */
final class CarChunks implements ChunkSource, AutoCloseable {
  /** As for other bodies; at most one block more. */
  private static final int CHUNK = 256 * 1024;

  /** Blocks read ahead: a peer's arrive one round trip after the request. */
  private static final int AHEAD = 4;

  /** The same for small blocks, as in a lazy layer: about a megabyte in all. */
  private static final int MOST_AHEAD = 64;

  private static final int AHEAD_BYTES = 1 << 20;

  /** Assumed until the first block is known. */
  private static final int USUAL_BLOCK = 256 * 1024;

  /** Around a block in a CAR, with slack. */
  private static final int SECTION_HEAD = 128;

  /** Time limit of a block, from a peer as well. */
  private static final Duration BLOCK = Duration.ofSeconds(20);

  private final Reading reading;
  private final Iterator<Leaf> leaves;
  private final BlockBudget budget;
  private final Deque<Coming> coming = new ArrayDeque<>();
  private final Buffer buffer = new Buffer();
  private final CarWriter car;
  private int ahead = AHEAD;

  /** Bytes of the largest recent block. */
  private int largest = USUAL_BLOCK;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** Reads one block. */
  @FunctionalInterface
  interface Reading {
    byte[] read(Leaf leaf, Deadline deadline) throws IOException;
  }

  /** A block being read, and its bytes in the budget. */
  private record Coming(Future<Block> block, long taken) {}

  CarChunks(Cid root, Iterator<Leaf> leaves, Reading reading, BlockBudget budget)
      throws IOException {
    this.reading = reading;
    this.leaves = leaves;
    this.budget = budget;
    this.car = new CarWriter(buffer, List.of(root));
  }

  @Override
  public @Nullable Chunk next() throws IOException {
    while (buffer.size() < CHUNK) {
      read();
      if (coming.isEmpty()) {
        break;
      }
      Coming first = coming.remove();
      try {
        Block block = await(first.block());
        buffer.reserve(Math.max(CHUNK, buffer.size()) + block.size() + SECTION_HEAD);
        car.put(block.cid(), block.bytes(), 0, block.size());
        largest = Math.max(block.size(), largest - largest / MOST_AHEAD);
        ahead = Math.clamp(AHEAD_BYTES / Math.max(1, largest), AHEAD, MOST_AHEAD);
      } finally {
        budget.giveBack(first.taken());
      }
    }
    return buffer.size() == 0 ? null : new Part(buffer.taken());
  }

  private void read() {
    while (coming.size() < ahead && leaves.hasNext()) {
      long bytes = largest;
      if (coming.isEmpty()) {
        budget.take(bytes);
      } else if (!budget.tryTake(bytes)) {
        return;
      }
      Leaf leaf = leaves.next();
      coming.add(
          new Coming(
              threads.submit(
                  () -> Block.verify(leaf.cid(), reading.read(leaf, Deadline.after(BLOCK)))),
              bytes));
    }
  }

  /** Exposes its array without a copy. */
  private static final class Buffer extends ByteArrayOutputStream {
    void reserve(int bytes) {
      if (buf.length < bytes) {
        buf = Arrays.copyOf(buf, bytes);
      }
    }

    ByteBuffer taken() {
      ByteBuffer taken = ByteBuffer.wrap(buf, 0, count);
      buf = new byte[0];
      count = 0;
      return taken;
    }
  }

  private static Block await(Future<Block> block) throws IOException {
    try {
      return block.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case IpfsDataException wrong -> throw new IOException(wrong.getMessage(), wrong);
        case null, default -> throw new IOException(e.getCause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("reading blocks: interrupted");
    }
  }

  private record Part(ByteBuffer bytes) implements Chunk {
    @Override
    public void sent() {}
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
    coming.forEach(each -> budget.giveBack(each.taken()));
    coming.clear();
  }
}
