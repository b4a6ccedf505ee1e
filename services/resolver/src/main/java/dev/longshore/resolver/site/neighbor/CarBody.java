package dev.longshore.resolver.site.neighbor;

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
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A CAR of blocks for a neighbor, each sent on arrival after verification. It begins at once,
 * before its blocks are known.
 */
final class CarBody implements ChunkSource {
  private static final int CHUNK = 256 * 1024;

  /** A neighbor asks another node before. */
  private static final Duration BLOCK = Duration.ofSeconds(20);

  private final BlockSource source;
  private final Order order;
  private @Nullable Iterator<Cid> cids;
  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
  private final CarWriter car;

  /** Which blocks they are; that may have to come first. */
  @FunctionalInterface
  interface Order {
    Iterator<Cid> cids() throws IOException, InterruptedException;
  }

  CarBody(Cid root, Order order, BlockSource source) throws IOException {
    this.source = source;
    this.order = order;
    this.car = new CarWriter(buffer, List.of(root));
  }

  @Override
  public @Nullable Chunk next() throws IOException {
    if (buffer.size() > 0) {
      return part();
    }
    Iterator<Cid> left = cids();
    while (buffer.size() < CHUNK && left.hasNext()) {
      Cid cid = left.next();
      try {
        Block block = Block.verify(cid, source.get(cid, Deadline.after(BLOCK)));
        car.put(cid, block.bytes(), 0, block.size());
      } catch (IpfsDataException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
    return buffer.size() == 0 ? null : part();
  }

  private Iterator<Cid> cids() throws IOException {
    Iterator<Cid> known = cids;
    if (known == null) {
      try {
        known = order.cids();
      } catch (IpfsDataException e) {
        throw new IOException(e.getMessage(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw (IOException) new InterruptedIOException("bringing blocks").initCause(e);
      }
      cids = known;
    }
    return known;
  }

  private Part part() {
    ByteBuffer bytes = ByteBuffer.wrap(buffer.toByteArray());
    buffer.reset();
    return new Part(bytes);
  }

  private record Part(ByteBuffer bytes) implements Chunk {
    @Override
    public void sent() {
      // It is of this body alone.
    }
  }
}
