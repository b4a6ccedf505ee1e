package dev.longshore.estargz;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * Rewrites layers as eStargz or zstd:chunked. The output's order is known only after the whole
 * layer was read, so a layer is read once into a spool of compressed pieces, on all cores, and then
 * played back. Memory does not depend on the layer's size; large spools are files. Any number of
 * threads may write concurrently: they share the cores and the memory, and if that is used up, all
 * but one of them wait.
 */
public final class EstargzWriter {
  /** Each holds some 20 MB; one unpacking reader cannot feed more. */
  private static final int MAX_WORKERS = 8;

  private final SpoolRoom room;
  private final EstargzLimits limits;
  private final CompressionWorkers workers;
  private final SharedHeap heap;

  /**
   * A writer.
   *
   * @param folder for spools; created when needed, left empty
   * @param workers threads that compress, at most 8
   */
  public EstargzWriter(Path folder, int workers, EstargzLimits limits) {
    this(folder, workers, limits, SharedHeap.ofThisProcess());
  }

  EstargzWriter(Path folder, int workers, EstargzLimits limits, SharedHeap heap) {
    this(new SpoolRoom(folder), workers, limits, heap);
  }

  EstargzWriter(SpoolRoom room, int workers, EstargzLimits limits, SharedHeap heap) {
    this.room = room;
    this.limits = limits;
    this.heap = heap;
    this.workers = new CompressionWorkers(Math.clamp(workers, 1, MAX_WORKERS));
  }

  /** A writer on all cores, with the usual limits. */
  public EstargzWriter(Path folder) {
    this(folder, Runtime.getRuntime().availableProcessors(), EstargzLimits.DEFAULT);
  }

  /** The folder for spools. */
  public Path folder() {
    return room.folder();
  }

  /**
   * Reads one whole layer; may wait for others.
   *
   * @param layer gzip, zstd or plain tar from the registry; read to its end, so that its digest
   *     check comes before the first leaf. Not closed
   * @param bytes approximate size of the layer, for which the spool's disk must have room
   * @return the layer, to be closed
   * @throws EstargzException when the layer cannot be rewritten
   * @throws SpoolException when the spool's disk is full or fails
   * @throws HeapBusyException when others had the memory for too long
   * @throws java.io.InterruptedIOException when the thread was interrupted; it stays interrupted
   * @throws IOException from the layer's stream
   */
  public ReadLayer read(InputStream layer, long bytes, EstargzSettings settings)
      throws IOException {
    var read = new ReadLayer(workers, heap, room, settings);
    boolean done = false;
    try {
      read.fill(layer, bytes, limits);
      done = true;
      return read;
    } finally {
      if (!done) {
        read.close();
      }
    }
  }

  /**
   * Reads one layer and writes it.
   *
   * @param out receives the leaves on the caller's thread
   * @throws IOException as in {@link #read} and {@link ReadLayer#write}
   */
  public EstargzLayer write(InputStream layer, EstargzSettings settings, LeafSink out)
      throws IOException {
    try (ReadLayer read = read(layer, 0, settings)) {
      return read.write(out);
    }
  }
}
