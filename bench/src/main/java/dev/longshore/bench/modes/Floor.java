package dev.longshore.bench.modes;

import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.bench.measure.Sample;
import dev.longshore.bench.measure.Stopwatch;
import dev.longshore.model.Digest;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPInputStream;

/**
 * What no writer of eStargz can save: unpacking the layer, hashing it before and after, and
 * compressing it with libdeflate's level 6, a mebibyte of the tar at a time, on all cores.
 */
final class Floor {
  private static final int LEVEL = 6;
  private static final int PIECE = 1 << 20;
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  /** Pieces that wait for a thread or have one: no thread waits for another's piece. */
  private static final int AHEAD = 2 * CORES;

  private static final MethodHandle ALLOC;
  private static final MethodHandle COMPRESS;

  static {
    SymbolLookup library = SymbolLookup.libraryLookup("libdeflate.so.0", Arena.global());
    Linker linker = Linker.nativeLinker();
    ALLOC =
        linker.downcallHandle(
            library.findOrThrow("libdeflate_alloc_compressor"),
            FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    COMPRESS =
        linker.downcallHandle(
            library.findOrThrow("libdeflate_gzip_compress"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG));
  }

  private Floor() {}

  /** Native memory of one thread; a benchmark's threads are few and give nothing back. */
  private static final class Native {
    final MemorySegment compressor;
    final MemorySegment raw = Arena.ofAuto().allocate(PIECE);
    final MemorySegment packed = Arena.ofAuto().allocate(2L * PIECE);

    Native() {
      try {
        compressor = (MemorySegment) ALLOC.invokeExact(LEVEL);
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }

    void pack(byte[] bytes, int length) {
      MemorySegment.copy(bytes, 0, raw, ValueLayout.JAVA_BYTE, 0, length);
      try {
        long written =
            (long) COMPRESS.invokeExact(compressor, raw, (long) length, packed, packed.byteSize());
        if (written == 0) {
          throw new IllegalStateException("a piece did not fit");
        }
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static final ThreadLocal<Native> NATIVE = ThreadLocal.withInitial(Native::new);

  /**
   * Does it once, for all layers in turn.
   *
   * @throws IllegalStateException when a piece could not be packed
   */
  static Sample run(Iterable<Path> gzipLayers) throws IOException, InterruptedException {
    Stopwatch watch = Stopwatch.start(ProcessTree.own());
    long bytes = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(CORES)) {
      for (Path layer : gzipLayers) {
        bytes += Files.size(layer);
        pack(layer, threads);
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    return watch.sample(bytes);
  }

  private static void pack(Path layer, ExecutorService threads)
      throws IOException, InterruptedException, ExecutionException {
    Queue<Future<?>> underWay = new ArrayDeque<>();
    try (InputStream file = Files.newInputStream(layer);
        InputStream hashed =
            new DigestInputStream(
                new BufferedInputStream(file, 1 << 16), Digest.Algorithm.SHA256.newHash());
        InputStream tar = new GZIPInputStream(hashed, 1 << 16)) {
      while (true) {
        byte[] piece = new byte[PIECE];
        int length = tar.readNBytes(piece, 0, PIECE);
        if (length == 0) {
          break;
        }
        underWay.add(threads.submit(() -> pack(piece, length)));
        if (underWay.size() > AHEAD) {
          underWay.remove().get();
        }
      }
    }
    for (Future<?> last : underWay) {
      last.get();
    }
  }

  private static void pack(byte[] piece, int length) {
    var sha256 = Digest.Algorithm.SHA256.newHash();
    sha256.update(piece, 0, length);
    NATIVE.get().pack(piece, length);
  }
}
