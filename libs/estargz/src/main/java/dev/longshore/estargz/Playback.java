package dev.longshore.estargz;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The second pass: reads headers and contents from the spools in their final order. Unpacks
 * contents ahead, on all cores, because the tar's digest needs them.
 */
final class Playback implements AutoCloseable {
  /** Limit of headers in a batch: links and directories have no content that would fill it. */
  private static final int MAX_HEADER_BYTES = 1 << 20;

  private static final byte[] LANDMARK_CONTENT = {0x0f};
  private static final byte[] NONE = {};

  private final CompressionWorkers workers;
  private final LayerBuffers buffers;
  private final EstargzSettings settings;
  private final LayerIndex index;
  private final Layout layout;
  private final Members members;
  private final Spool headers;
  private final Spool contents;
  private final Deque<Batch> ahead = new ArrayDeque<>();
  private int place;
  private @Nullable PartialFile partial;

  /** A file whose pieces did not all fit into a batch. */
  private record PartialFile(TarEntry entry, int firstMember, long done) {}

  /** Steps, and their bytes once the work is done. */
  static final class Batch {
    final WorkBuffer buffer;
    final byte[] raw;
    final List<PlaybackStep> steps = new ArrayList<>();
    byte[] packed = NONE;
    int rawUsed;
    int packedUsed;
    int headerBytes;
    @Nullable Future<?> work;

    Batch(WorkBuffer buffer, int size) {
      this.buffer = buffer;
      this.raw = buffer.raw(size);
    }
  }

  Playback(
      CompressionWorkers workers,
      EstargzSettings settings,
      LayerIndex index,
      Layout layout,
      Members members,
      Spool headers,
      Spool contents) {
    this.workers = workers;
    this.buffers = new LayerBuffers(workers);
    this.settings = settings;
    this.index = index;
    this.layout = layout;
    this.members = members;
    this.headers = headers;
    this.contents = contents;
  }

  /** Gives every step to the writer. */
  void play(BlobWriter writer) throws IOException {
    while (readAhead()) {
      Batch batch = ahead.getFirst();
      Future<?> work = batch.work;
      if (work != null) {
        CompressionWorkers.join(work);
      }
      for (PlaybackStep step : batch.steps) {
        switch (step) {
          case PlaybackStep.Header header -> writer.header(header);
          case PlaybackStep.Content content -> writer.content(content, batch.raw, batch.packed);
          case PlaybackStep.DirectoriesEnd _ -> writer.directoriesEnd();
        }
      }
      ahead.removeFirst();
      buffers.giveBack(batch.buffer);
    }
  }

  /** Starts as many batches as there are buffers; false when nothing is left. */
  private boolean readAhead() throws IOException {
    while (hasMore() && ahead.size() < workers.share()) {
      WorkBuffer buffer = ahead.isEmpty() ? buffers.take() : buffers.tryTake();
      if (buffer == null) {
        break;
      }
      Batch batch;
      try {
        batch = new Batch(buffer, PieceSpooler.batchBytes(settings));
        ahead.add(batch);
      } catch (OutOfMemoryError e) {
        buffers.giveBack(buffer);
        throw e;
      }
      fill(batch);
      if (batch.packedUsed > 0) {
        batch.packed = buffer.packed(batch.packedUsed);
        batch.work = workers.submit(settings.form(), press -> unpack(batch, press), () -> {});
      }
    }
    return !ahead.isEmpty();
  }

  private boolean hasMore() {
    return place < layout.length() || partial != null;
  }

  private void fill(Batch batch) throws IOException {
    while (hasMore() && batch.headerBytes < MAX_HEADER_BYTES) {
      PartialFile file = partial;
      if (file != null) {
        if (!addContent(batch, file)) {
          return;
        }
      } else {
        if (batch.rawUsed == batch.raw.length) {
          return;
        }
        addEntry(batch, layout.at(place));
        place++;
        if (place == layout.directoriesEnd()) {
          batch.steps.add(new PlaybackStep.DirectoriesEnd());
        }
      }
    }
  }

  private void addEntry(Batch batch, int number) throws IOException {
    if (number == Layout.LANDMARK) {
      addLandmark(batch);
      return;
    }
    byte[] bytes = new byte[index.headerBytes(number)];
    headers.read(index.headerAt(number), bytes, 0, bytes.length);
    TarEntry entry = new TarReader(new ByteArrayInputStream(bytes)).next();
    if (entry == null) {
      throw new IllegalStateException("a header just written is invalid");
    }
    byte[] digest = NONE;
    if (PieceSpooler.pieces(entry.size(), settings) > 1) {
      digest = new byte[PieceSpooler.DIGEST_BYTES];
      headers.read(index.headerAt(number) + bytes.length, digest, 0, digest.length);
    }
    batch.steps.add(new PlaybackStep.Header(entry, bytes, digest));
    batch.headerBytes += bytes.length;
    if (entry.size() > 0) {
      partial = new PartialFile(entry, index.firstMember(number), 0);
    }
  }

  private void addLandmark(Batch batch) {
    String name =
        settings.prefetch().isEmpty()
            ? EntryNames.NO_PREFETCH_LANDMARK
            : EntryNames.PREFETCH_LANDMARK;
    TarEntry entry = TarEntry.bare(name, LANDMARK_CONTENT.length);
    batch.steps.add(new PlaybackStep.Header(entry, TarHeaders.of(entry), NONE));
    batch.raw[batch.rawUsed] = LANDMARK_CONTENT[0];
    batch.steps.add(new PlaybackStep.Content(entry, 0, batch.rawUsed, 1, -1, 0, 0));
    batch.rawUsed++;
  }

  /** Adds pieces while there is room; false if the batch is full. */
  private boolean addContent(Batch batch, PartialFile file) {
    TarEntry entry = file.entry();
    long done = file.done();
    while (done < entry.size()) {
      int length = (int) Math.min(settings.chunkBytes(), entry.size() - done);
      int member = file.firstMember() + (int) (done / settings.chunkBytes());
      int stored = members.length(member);
      if (batch.rawUsed + length > batch.raw.length) {
        partial = new PartialFile(entry, file.firstMember(), done);
        return false;
      }
      int packed = PieceSpooler.isShared(entry.size(), settings) ? 0 : stored;
      batch.steps.add(
          new PlaybackStep.Content(
              entry, done, batch.rawUsed, length, batch.packedUsed, packed, members.at(member)));
      batch.rawUsed += length;
      batch.packedUsed += PieceSpooler.DIGEST_BYTES + packed;
      done += length;
    }
    partial = null;
    return true;
  }

  private void unpack(Batch batch, CompressionContext press) throws IOException {
    for (PlaybackStep step : batch.steps) {
      if (step instanceof PlaybackStep.Content content && content.packed() >= 0) {
        int length = PieceSpooler.DIGEST_BYTES + content.packedLength();
        contents.read(content.at(), batch.packed, content.packed(), length);
        if (content.packedLength() == 0) {
          long at = content.at() + PieceSpooler.DIGEST_BYTES;
          contents.read(at, batch.raw, content.raw(), content.length());
        } else {
          int member = content.packed() + PieceSpooler.DIGEST_BYTES;
          press.unpack(
              batch.packed,
              member,
              content.packedLength(),
              batch.raw,
              content.raw(),
              content.length());
        }
      }
    }
  }

  /** Waits for work on the spools. */
  @Override
  public void close() {
    for (Batch batch : ahead) {
      Future<?> work = batch.work;
      if (work != null) {
        CompressionWorkers.await(work);
      }
      buffers.giveBack(batch.buffer);
    }
    ahead.clear();
  }
}
