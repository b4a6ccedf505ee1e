package dev.longshore.estargz;

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

  private final SpoolRoom room;
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
    this(new SpoolRoom(folder), workers, limits, heap);
  }

  EstargzWriter(SpoolRoom room, int workers, EstargzLimits limits, SharedHeap heap) {
    this.room = room;
    this.limits = limits;
    this.heap = heap;
    this.workers = new Workers(Math.clamp(workers, 1, MAX_WORKERS));
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
   * Reads one layer, all of it; may wait for others at work.
   *
   * @param layer gzip, zstd or plain tar as it lies in the registry; read to its end, so that a
   *     digest check in it comes before the first leaf. Not closed
   * @param bytes of the layer, about: for so many the spool's disk must have room
   * @return to be closed
   * @throws EstargzException when the layer cannot be rewritten
   * @throws SpoolException when the spool's disk is full or fails
   * @throws HeapBusyException when others had the memory for too long
   * @throws java.io.InterruptedIOException when the thread was interrupted, as it then still is
   * @throws IOException what the layer's stream threw
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
   * @param out takes the leaves on the caller's thread
   * @throws IOException as {@link #read} and {@link ReadLayer#write}
   */
  public EstargzLayer write(InputStream layer, EstargzSettings settings, LeafSink out)
      throws IOException {
    try (ReadLayer read = read(layer, 0, settings)) {
      return read.write(out);
    }
  }
}
