package dev.longshore.converter.estargz;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * Rewrites layers as eStargz or zstd:chunked. The order of the output is known only when all of the
 * layer was seen, so a layer is read once into a spool of compressed pieces, on all cores, and then
 * played back. Memory is the same whatever a layer's size; large spools are files. Any number of
 * threads may write at once: they share the cores and the memory, and where that is all taken, all
 * but one of them wait.
 */
public final class EstargzWriter {
  /** Each holds some 20 MB; more than these and one reader that unpacks cannot feed them. */
  private static final int MAX_WORKERS = 8;

  /** Bytes of compressed contents held in memory; larger layers go to the disk. */
  private static final int CONTENTS_IN_MEMORY = 16 << 20;

  private static final int HEADERS_IN_MEMORY = 4 << 20;
  private static final int TOC_IN_MEMORY = 4 << 20;

  /** Of heap for a layer whatever its size: a buffer of its own, a leaf, and what it reads by. */
  private static final int LAYER_BYTES = 10 << 20;

  private final Path folder;
  private final EstargzLimits limits;
  private final Workers workers;
  private final SharedHeap heap;

  /**
   * A writer.
   *
   * @param folder for spools; made when it is needed, nothing is left in it
   * @param workers threads that compress, at most 8
   */
  public EstargzWriter(Path folder, int workers, EstargzLimits limits) {
    this(folder, workers, limits, SharedHeap.ofThisProcess());
  }

  EstargzWriter(Path folder, int workers, EstargzLimits limits, SharedHeap heap) {
    this.folder = folder;
    this.limits = limits;
    this.heap = heap;
    this.workers = new Workers(Math.clamp(workers, 1, MAX_WORKERS));
  }

  /** A writer on all cores, with the usual limits. */
  public EstargzWriter(Path folder) {
    this(folder, Runtime.getRuntime().availableProcessors(), EstargzLimits.DEFAULT);
  }

  /**
   * Makes sure, before a layer is read, that the spool's disk has room for it.
   *
   * @param bytes of the layer as it will be written, about
   * @throws SpoolException when it has not
   */
  public void requireRoom(long bytes) throws SpoolException {
    if (bytes > CONTENTS_IN_MEMORY) {
      SpoolException.requireRoom(folder, bytes);
    }
  }

  /** The folder for spools. */
  public Path folder() {
    return folder;
  }

  /**
   * Writes one layer.
   *
   * @param layer gzip, zstd or plain tar as it lies in the registry; read to its end before the
   *     first leaf goes out, so that a digest check in it comes first. Not closed
   * @param out takes the leaves on the caller's thread
   * @throws EstargzException when the layer cannot be rewritten
   * @throws SpoolException when the spool's disk is full or fails
   * @throws IOException what the layer's stream or the sink threw
   */
  public EstargzLayer write(InputStream layer, EstargzSettings settings, LeafSink out)
      throws IOException {
    workers.enter();
    try (var mine = new LayerHeap(heap);
        var headers = new Spool(folder, HEADERS_IN_MEMORY, mine);
        var contents = new Spool(folder, CONTENTS_IN_MEMORY, mine)) {
      mine.take(LAYER_BYTES);
      var index = new LayerIndex(limits, mine);
      var members = new Members(mine);
      read(layer, settings, index, members, headers, contents, mine);
      Layout layout = Layout.of(index, settings.prefetch());
      try (var playback =
          new Playback(workers, settings, index, layout, members, headers, contents)) {
        return play(playback, settings, out, mine);
      }
    } finally {
      workers.leave();
    }
  }

  private void read(
      InputStream layer,
      EstargzSettings settings,
      LayerIndex index,
      Members members,
      Spool headers,
      Spool spool,
      LayerHeap mine)
      throws IOException {
    var contents = new Contents(workers, spool, members, settings);
    try (LayerStream tar = LayerStream.of(layer, limits)) {
      new LayerScan(settings, limits, index, headers, contents, mine).read(tar);
    } finally {
      contents.abandon();
    }
  }

  private BlobEnd end(LazyForm form, Press press, LeafCutter cutter, LayerHeap mine) {
    var memory = new NativeText(folder, mine);
    return switch (form) {
      case ESTARGZ -> new TocMember(memory, press, cutter);
      case ZSTD_CHUNKED -> new TocFrame(memory, press, cutter);
    };
  }

  private EstargzLayer play(
      Playback playback, EstargzSettings settings, LeafSink out, LayerHeap mine)
      throws IOException {
    Press press = workers.takePress(settings.form());
    try (var toc = new TocWriter(new Spool(folder, TOC_IN_MEMORY, mine))) {
      var cutter = new LeafCutter(settings, out);
      BlobEnd end = end(settings.form(), press, cutter, mine);
      var writer = new BlobWriter(settings, press, cutter, toc, end);
      playback.play(writer);
      return writer.finish();
    } finally {
      workers.giveBack(settings.form(), press);
    }
  }
}
