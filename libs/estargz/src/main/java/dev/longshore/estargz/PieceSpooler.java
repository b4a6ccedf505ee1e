package dev.longshore.estargz;

import dev.longshore.model.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Takes the files' contents from the tar: hashes and compresses each piece on some core and appends
 * it to the spool after its digest. The order in the spool is random, the pieces' numbers are not.
 */
final class PieceSpooler {
  /** Bytes of the SHA-256 before each piece in the spool. */
  static final int DIGEST_BYTES = 32;

  private static final int LEAST_BATCH_BYTES = 1 << 20;

  private final CompressionWorkers workers;
  private final LayerBuffers buffers;
  private final Spool spool;
  private final Members members;
  private final EstargzSettings settings;
  private final List<Future<?>> running = new ArrayList<>();
  private @Nullable Batch batch;

  private record Piece(int member, int start, int length, boolean packed) {}

  private static final class Batch {
    final WorkBuffer buffer;
    final byte[] bytes;
    final List<Piece> pieces = new ArrayList<>();
    int used;

    Batch(WorkBuffer buffer, int size) {
      this.buffer = buffer;
      this.bytes = buffer.raw(size);
    }
  }

  PieceSpooler(CompressionWorkers workers, Spool spool, Members members, EstargzSettings settings) {
    this.workers = workers;
    this.buffers = new LayerBuffers(workers);
    this.spool = spool;
    this.members = members;
    this.settings = settings;
  }

  /** The number of pieces of a file of that size. */
  static int pieces(long size, EstargzSettings settings) {
    return Math.toIntExact(Math.ceilDiv(size, settings.chunkBytes()));
  }

  /** Short files that will share a member stay uncompressed. */
  static boolean isShared(long size, EstargzSettings settings) {
    return size < settings.minChunkBytes() && size <= settings.chunkBytes();
  }

  static int batchBytes(EstargzSettings settings) {
    return Math.max(LEAST_BATCH_BYTES, settings.chunkBytes());
  }

  /**
   * Reads one file's content.
   *
   * @param whole digest of all of it, if the file has several pieces
   * @return the number of its first piece
   */
  int take(TarReader tar, long size, @Nullable MessageDigest whole) throws IOException {
    int first = -1;
    for (long left = size; left > 0; ) {
      int length = (int) Math.min(left, settings.chunkBytes());
      Batch into = batchFor(length);
      tar.readPayload(into.bytes, into.used, length);
      if (whole != null) {
        whole.update(into.bytes, into.used, length);
      }
      int member = members.next(); // one by one: the size may be a lie
      first = first < 0 ? member : first;
      into.pieces.add(new Piece(member, into.used, length, !isShared(size, settings)));
      into.used += length;
      left -= length;
    }
    return first;
  }

  private Batch batchFor(int length) throws IOException {
    int size = batchBytes(settings);
    Batch open = batch;
    if (open != null && open.used + length <= size) {
      return open;
    }
    submit();
    WorkBuffer buffer = buffers.take();
    try {
      open = new Batch(buffer, size);
    } catch (OutOfMemoryError e) {
      buffers.giveBack(buffer);
      throw e;
    }
    batch = open;
    return open;
  }

  private void submit() throws IOException {
    Batch full = batch;
    batch = null;
    if (full == null) {
      return;
    }
    running.add(
        workers.submit(
            settings.form(), press -> compress(full, press), () -> buffers.giveBack(full.buffer)));
    while (!running.isEmpty() && running.getFirst().isDone()) {
      CompressionWorkers.join(running.removeFirst());
    }
  }

  private void compress(Batch batch, CompressionContext press) throws IOException {
    MessageDigest sha256 = Digest.Algorithm.SHA256.newHash();
    for (Piece piece : batch.pieces) {
      sha256.update(batch.bytes, piece.start(), piece.length());
      ByteBuffer digest = ByteBuffer.wrap(sha256.digest());
      ByteBuffer content =
          piece.packed()
              ? press.pack(batch.bytes, piece.start(), piece.length()).asByteBuffer()
              : ByteBuffer.wrap(batch.bytes, piece.start(), piece.length());
      int length = content.remaining();
      members.put(piece.member(), spool.append(digest, content), length);
    }
  }

  /** Waits until everything is in the spool. */
  void finish() throws IOException {
    submit();
    while (!running.isEmpty()) {
      CompressionWorkers.join(running.removeFirst());
    }
  }

  /** Waits for running work, whatever its result, and returns buffers. */
  void abandon() {
    Batch open = batch;
    batch = null;
    if (open != null) {
      buffers.giveBack(open.buffer);
    }
    for (Future<?> work : running) {
      CompressionWorkers.await(work);
    }
    running.clear();
  }
}
