package dev.longshore.estargz;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Zstd frames with their content size and without a checksum, because the table of contents has
 * each piece's digest.
 */
final class ZstdCodec implements MemberCodec {
  /**
   * Zstd's default, also used by podman and the reference. At levels 5 to 12 the match finder, and
   * so the bytes, may depend on the machine's SIMD instructions (in 1.5.2).
   */
  static final int LEVEL = 3;

  private final ZstdCompressCtx compressor =
      new ZstdCompressCtx().setLevel(LEVEL).setChecksum(false).setContentSize(true);
  private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();

  /**
   * Loads the library, which comes in its jar and is unpacked into the folder of temporary files.
   *
   * @throws IllegalStateException when it cannot be loaded
   */
  static void requireLibrary() {
    try (var codec = new ZstdCodec()) {
      codec.bound(0);
    } catch (UnsatisfiedLinkError | NoClassDefFoundError | ExceptionInInitializerError e) {
      throw new IllegalStateException(
          "zstd:chunked: the library in zstd-jni cannot be loaded into %s (%s); make the folder of java.io.tmpdir writable and not noexec"
              .formatted(System.getProperty("java.io.tmpdir"), e.getMessage()),
          e);
    }
  }

  @Override
  public long bound(long length) {
    return Zstd.compressBound(length);
  }

  @Override
  public long pack(MemorySegment in, long length, MemorySegment out) {
    ByteBuffer from = in.asSlice(0, length).asByteBuffer();
    ByteBuffer to = out.asByteBuffer();
    try {
      return compressor.compressDirectByteBuffer(to, 0, to.capacity(), from, 0, from.capacity());
    } catch (ZstdException e) {
      throw new IllegalStateException("zstd: %d bytes were not packed".formatted(length), e);
    }
  }

  @Override
  public void unpack(MemorySegment in, long length, MemorySegment out, long exactly) {
    ByteBuffer from = in.asSlice(0, length).asByteBuffer();
    ByteBuffer to = out.asSlice(0, exactly).asByteBuffer();
    long written;
    try {
      written =
          decompressor.decompressDirectByteBuffer(to, 0, to.capacity(), from, 0, from.capacity());
    } catch (ZstdException e) {
      throw new IllegalStateException(unlike(String.valueOf(e.getMessage())), e);
    }
    if (written != exactly) {
      throw new IllegalStateException(unlike(written + " bytes, expected " + exactly));
    }
  }

  private static String unlike(String found) {
    return "zstd: a frame that was just written reads back wrong (%s); memory or the spool's disk is failing"
        .formatted(found);
  }

  @Override
  public void close() {
    compressor.close();
    decompressor.close();
  }
}
