package dev.longshore.estargz;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A completely read layer, held in spools until its leaves are written. From here on it waits for
 * no other layer.
 */
public final class ReadLayer implements AutoCloseable {
  /** Most bytes of compressed contents in memory; larger layers go to the disk. */
  private static final int CONTENTS_IN_MEMORY = 16 << 20;

  private static final int HEADERS_IN_MEMORY = 4 << 20;
  private static final int TOC_IN_MEMORY = 4 << 20;

  /** Heap for any layer: its own buffer, a leaf, and read buffers. */
  private static final int LAYER_BYTES = 10 << 20;

  private final CompressionWorkers workers;
  private final EstargzSettings settings;
  private final LayerHeap heap;
  private final LayerRoom room;
  private final Spool headers;
  private final Spool contents;
  private final Members members;
  private @Nullable LayerIndex index;
  private @Nullable Layout layout;

  ReadLayer(CompressionWorkers workers, SharedHeap heap, SpoolRoom room, EstargzSettings settings) {
    this.workers = workers;
    this.settings = settings;
    this.heap = new LayerHeap(heap);
    this.room = new LayerRoom(room);
    this.headers = new Spool(this.room, HEADERS_IN_MEMORY, this.heap);
    this.contents = new Spool(this.room, CONTENTS_IN_MEMORY, this.heap);
    this.members = new Members(this.heap);
    workers.enter();
  }

  void fill(InputStream layer, long bytes, EstargzLimits limits) throws IOException {
    if (bytes > CONTENTS_IN_MEMORY) {
      room.require(bytes);
    }
    heap.take(LAYER_BYTES);
    var entries = new LayerIndex(limits, heap);
    var pieces = new PieceSpooler(workers, contents, members, settings);
    try (LayerStream tar = LayerStream.of(layer, limits)) {
      new LayerScan(settings, limits, entries, headers, pieces, heap).read(tar);
    } finally {
      pieces.abandon();
    }
    room.close();
    index = entries;
    layout = Layout.of(entries, settings.prefetch());
  }

  /**
   * Writes the layer, once.
   *
   * @param out receives the leaves on the caller's thread
   * @throws EstargzException when the layer cannot be rewritten
   * @throws SpoolException when the spool's disk is full or fails
   * @throws IOException from the sink
   */
  public EstargzLayer write(LeafSink out) throws IOException {
    LayerIndex entries = index;
    Layout order = layout;
    if (entries == null || order == null) {
      throw new IllegalStateException("the layer was not read");
    }
    try (var playback =
        new Playback(workers, settings, entries, order, members, headers, contents)) {
      return play(playback, out);
    }
  }

  private EstargzLayer play(Playback playback, LeafSink out) throws IOException {
    CompressionContext press = workers.takePress(settings.form());
    try (var toc = new TocWriter(new Spool(room, TOC_IN_MEMORY, heap))) {
      var cutter = new LeafCutter(settings, out);
      var writer = new BlobWriter(settings, press, cutter, toc, end(press, cutter));
      playback.play(writer);
      return writer.finish();
    } finally {
      workers.giveBack(settings.form(), press);
    }
  }

  private BlobEnd end(CompressionContext press, LeafCutter cutter) {
    var memory = new NativeText(room, heap);
    return switch (settings.form()) {
      case ESTARGZ -> new TocMember(memory, press, cutter);
      case ZSTD_CHUNKED -> new TocFrame(memory, press, cutter);
    };
  }

  /** Releases memory and disk. */
  @Override
  public void close() throws IOException {
    try (var _ = heap;
        var _ = room;
        var _ = headers;
        var _ = contents) {
      // all of them, in the reverse order
    } finally {
      workers.leave();
    }
  }
}
