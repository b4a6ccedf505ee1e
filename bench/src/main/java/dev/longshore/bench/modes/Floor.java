package dev.longshore.bench.modes;

import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.bench.measure.Sample;
import dev.longshore.bench.measure.Stopwatch;
import dev.longshore.oci.Digest;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.zip.GZIPInputStream;

/**
 * What no writer of eStargz can save: unpacking the layer, hashing it before and after, and
 * compressing it with libdeflate's level 6, a mebibyte of the tar at a time, on all cores.
 */
final class Floor {
  private static final int LEVEL = 6;
  private static final int PIECE = 1 << 20;
  private static final int CORES = Runtime.getRuntime().availableProcessors();
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

  /** Does it once, for all layers in turn. */
  static Sample run(Iterable<Path> gzipLayers) throws IOException, InterruptedException {
    Stopwatch watch = Stopwatch.start(ProcessTree.own());
    long bytes = 0;
    var free = new Semaphore(CORES + 1);
    try (ExecutorService threads = Executors.newFixedThreadPool(CORES)) {
      for (Path layer : gzipLayers) {
        bytes += Files.size(layer);
        pack(layer, threads, free);
      }
    }
    return watch.sample(bytes);
  }

  private static void pack(Path layer, ExecutorService threads, Semaphore free)
      throws IOException, InterruptedException {
    try (InputStream file = Files.newInputStream(layer);
        InputStream hashed =
            new DigestInputStream(
                new BufferedInputStream(file, 1 << 16), Digest.Algorithm.SHA256.newHash());
        InputStream tar = new GZIPInputStream(hashed, 1 << 16)) {
      while (true) {
        free.acquire();
        byte[] piece = new byte[PIECE];
        int length = tar.readNBytes(piece, 0, PIECE);
        if (length == 0) {
          free.release();
          return;
        }
        threads.execute(
            () -> {
              var sha256 = Digest.Algorithm.SHA256.newHash();
              sha256.update(piece, 0, length);
              NATIVE.get().pack(piece, length);
              free.release();
            });
      }
    }
  }
}
