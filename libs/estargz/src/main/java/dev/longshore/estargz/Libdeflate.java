package dev.longshore.estargz;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.longshore.model.Digest;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** The C compression library: its functions by their own names. */
final class Libdeflate {
  private static final String LIBRARY = "libdeflate.so.0";
  private static final String PACKAGE = "libdeflate0";

  /** The SHA-256 of a sample as versions 1.14 to 1.18 compress it. */
  private static final String SAMPLE_PACKED =
      "3d35eb2627f93336ee865df58c900d50bcdd4d094bc60eb5c5e15e42a03b3417";

  /** The result code for success of the library's decompressor. */
  private static final int SUCCESS = 0;

  private final MethodHandle allocCompressor;
  private final MethodHandle freeCompressor;
  private final MethodHandle gzipCompressBound;
  private final MethodHandle gzipCompress;
  private final MethodHandle allocDecompressor;
  private final MethodHandle freeDecompressor;
  private final MethodHandle gzipDecompress;

  private Libdeflate(SymbolLookup library) {
    allocCompressor = function(library, "alloc_compressor", ADDRESS, JAVA_INT);
    freeCompressor = procedure(library, "free_compressor");
    gzipCompressBound = function(library, "gzip_compress_bound", JAVA_LONG, ADDRESS, JAVA_LONG);
    gzipCompress =
        function(
            library, "gzip_compress", JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG);
    allocDecompressor = function(library, "alloc_decompressor", ADDRESS);
    freeDecompressor = procedure(library, "free_decompressor");
    gzipDecompress =
        function(
            library,
            "gzip_decompress",
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            JAVA_LONG,
            ADDRESS,
            JAVA_LONG,
            ADDRESS);
  }

  /** Loaded once, on first use: only rules with eStargz need the library. */
  private static final class Loaded {
    static final Libdeflate LIBRARY_CODE = load(LIBRARY);

    private Loaded() {}
  }

  /**
   * The library.
   *
   * @throws IllegalStateException when this machine does not have it
   */
  static Libdeflate library() {
    try {
      return Loaded.LIBRARY_CODE;
    } catch (ExceptionInInitializerError | NoClassDefFoundError e) {
      throw missing(LIBRARY, e);
    }
  }

  /**
   * The library of that name.
   *
   * @throws IllegalStateException when this machine does not have it
   */
  static Libdeflate load(String name) {
    try {
      return new Libdeflate(SymbolLookup.libraryLookup(name, Arena.global()));
    } catch (IllegalArgumentException e) {
      throw missing(name, e);
    }
  }

  private static IllegalStateException missing(String name, Throwable cause) {
    return new IllegalStateException(
        "eStargz: %s cannot be loaded; install Debian's package %s (apt-get install %s)"
            .formatted(name, PACKAGE, PACKAGE),
        cause);
  }

  /**
   * Fails if the library's output differs from this release's bytes: versions 1.14 to 1.18 agree,
   * 1.19 to 1.25 give others.
   *
   * @throws IllegalStateException when it does
   */
  static void requireItsBytes() {
    try (var press = new CompressionContext(new GzipCodec())) {
      byte[] sample = sample();
      byte[] member = press.pack(sample, 0, sample.length).toArray(JAVA_BYTE);
      String digest = Digest.of(member).hex();
      if (!digest.equals(SAMPLE_PACKED)) {
        throw new IllegalStateException(
            "eStargz: this machine's %s compresses differently from version 1.14, so digests and CIDs would differ (a sample gave %s, expected %s); install a version from 1.14 to 1.18, as Debian 12's package %s"
                .formatted(LIBRARY, digest, SAMPLE_PACKED, PACKAGE));
      }
    }
  }

  /** Barely compressible bytes, on which versions differ. */
  private static byte[] sample() {
    byte[] sample = new byte[7_000];
    int state = 2;
    for (int at = 0; at < sample.length; at++) {
      state = state * 1_103_515_245 + 12_345; // as C's rand() is often made
      int random = state >>> 16;
      sample[at] = (byte) (random % 100 < 2 ? 0 : random % 251);
    }
    return sample;
  }

  private static MethodHandle function(
      SymbolLookup library, String name, MemoryLayout result, MemoryLayout... arguments) {
    return handle(library, name, FunctionDescriptor.of(result, arguments));
  }

  private static MethodHandle procedure(SymbolLookup library, String name) {
    return handle(library, name, FunctionDescriptor.ofVoid(ADDRESS));
  }

  private static MethodHandle handle(
      SymbolLookup library, String name, FunctionDescriptor descriptor) {
    MemorySegment symbol = library.findOrThrow("libdeflate_" + name);
    return Linker.nativeLinker().downcallHandle(symbol, descriptor);
  }

  MemorySegment newCompressor(int level) {
    try {
      return notNull((MemorySegment) allocCompressor.invokeExact(level));
    } catch (Throwable e) {
      throw failed("alloc_compressor", e);
    }
  }

  void freeCompressor(MemorySegment compressor) {
    try {
      freeCompressor.invokeExact(compressor);
    } catch (Throwable e) {
      throw failed("free_compressor", e);
    }
  }

  /** Upper bound of the packed size. */
  long gzipBound(MemorySegment compressor, long length) {
    try {
      return (long) gzipCompressBound.invokeExact(compressor, length);
    } catch (Throwable e) {
      throw failed("gzip_compress_bound", e);
    }
  }

  /** Compresses into room of at least {@link #gzipBound} bytes, and returns the size. */
  long gzip(MemorySegment compressor, MemorySegment in, long length, MemorySegment out) {
    long written;
    try {
      written = (long) gzipCompress.invokeExact(compressor, in, length, out, out.byteSize());
    } catch (Throwable e) {
      throw failed("gzip_compress", e);
    }
    if (written == 0) {
      throw new IllegalStateException("libdeflate: %d bytes did not fit".formatted(length));
    }
    return written;
  }

  MemorySegment newDecompressor() {
    try {
      return notNull((MemorySegment) allocDecompressor.invokeExact());
    } catch (Throwable e) {
      throw failed("alloc_decompressor", e);
    }
  }

  void freeDecompressor(MemorySegment decompressor) {
    try {
      freeDecompressor.invokeExact(decompressor);
    } catch (Throwable e) {
      throw failed("free_decompressor", e);
    }
  }

  /** Unpacks one member of known size, made by this program. */
  void gunzip(
      MemorySegment decompressor, MemorySegment in, long length, MemorySegment out, long exactly) {
    int result;
    try {
      result =
          (int)
              gzipDecompress.invokeExact(
                  decompressor, in, length, out, exactly, MemorySegment.NULL);
    } catch (Throwable e) {
      throw failed("gzip_decompress", e);
    }
    if (result != SUCCESS) {
      throw new IllegalStateException(
          "libdeflate: a member that was just written reads back wrong (result %d); memory or the spool's disk is failing"
              .formatted(result));
    }
  }

  private static MemorySegment notNull(MemorySegment segment) {
    if (segment.equals(MemorySegment.NULL)) {
      throw new OutOfMemoryError("libdeflate: no native memory");
    }
    return segment;
  }

  private static IllegalStateException failed(String function, Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return new IllegalStateException("libdeflate_" + function + " failed", cause);
  }
}
