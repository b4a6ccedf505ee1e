package dev.longshore.resolver.hub;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.car.CarWriter;
import dev.longshore.ipfs.reader.BlockSource;
import dev.longshore.model.Cid;
import dev.longshore.runtime.edge.http.ChunkSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A CAR of blocks, each hashed before it is passed on. It ends early, with a failure, at the first
 * one that is not there or not right.
 */
final class CarChunks implements ChunkSource, AutoCloseable {
  /** As for other bodies; one block more at most. */
  private static final int CHUNK = 256 * 1024;

  /** Blocks that are read ahead: those of a peer come one round trip after they were asked for. */
  private static final int AHEAD = 4;

  /** The same of small ones, as in a lazy layer: as many as make up a megabyte. */
  private static final int MOST_AHEAD = 64;

  private static final int AHEAD_BYTES = 1 << 20;

  /** A block comes within, also from a peer. */
  private static final Duration BLOCK = Duration.ofSeconds(20);

  private final BlockSource source;
  private final Iterator<Cid> cids;
  private final Deque<Future<Block>> coming = new ArrayDeque<>();
  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
  private final CarWriter car;
  private int ahead = AHEAD;

  /** Bytes of the largest block of late. */
  private int largest;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  CarChunks(Cid root, Iterator<Cid> cids, BlockSource source) throws IOException {
    this.source = source;
    this.cids = cids;
    this.car = new CarWriter(buffer, List.of(root));
  }

  @Override
  public @Nullable Chunk next() throws IOException {
    while (buffer.size() < CHUNK) {
      while (coming.size() < ahead && cids.hasNext()) {
        Cid cid = cids.next();
        coming.add(threads.submit(() -> Block.verify(cid, source.get(cid, Deadline.after(BLOCK)))));
      }
      if (coming.isEmpty()) {
        break;
      }
      Block block = await(coming.remove());
      car.put(block.cid(), block.bytes(), 0, block.size());
      largest = Math.max(block.size(), largest - largest / MOST_AHEAD);
      ahead = Math.clamp(AHEAD_BYTES / Math.max(1, largest), AHEAD, MOST_AHEAD);
    }
    if (buffer.size() == 0) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.wrap(buffer.toByteArray());
    buffer.reset();
    return new Part(bytes);
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
  }
}
