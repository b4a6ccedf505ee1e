package dev.longshore.estargz;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.longshore.estargz.EstargzException.Reason;
import java.io.IOException;
import java.io.InputStream;

/** The tar in a layer, compressed by gzip or zstd or not at all; bounded. */
final class LayerStream extends InputStream {
  /** Log2 of bytes: 128 MiB, zstd's own default limit for readers. */
  private static final int MAX_ZSTD_WINDOW = 27;

  private static final int SINK_BYTES = 64 << 10;

  private final SourceBytes source;
  private final InputStream tar;
  private final EstargzLimits limits;
  private final byte[] one = new byte[1];
  private long given;

  private LayerStream(SourceBytes source, InputStream tar, EstargzLimits limits) {
    this.source = source;
    this.tar = tar;
    this.limits = limits;
  }

  static LayerStream of(InputStream layer, EstargzLimits limits) throws IOException {
    var source = new SourceBytes(layer);
    return new LayerStream(source, unpacked(source), limits);
  }

  private static InputStream unpacked(SourceBytes source) throws IOException {
    if (source.startsWith(0x1F, 0x8B, 0x08)) {
      return new GzipStream(source);
    }
    if (source.startsWith(0x28, 0xB5, 0x2F, 0xFD) || isSkippableFrame(source)) {
      return new ZstdInputStreamNoFinalizer(source).setLongMax(MAX_ZSTD_WINDOW);
    }
    return source;
  }

  /** Zstd allows a skippable frame first: magic 184D2A50 to 184D2A5F. */
  private static boolean isSkippableFrame(SourceBytes source) throws IOException {
    for (int kind = 0x50; kind <= 0x5F; kind++) {
      if (source.startsWith(kind, 0x2A, 0x4D, 0x18)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public int read() throws IOException {
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int count = unpack(into, offset, length);
    if (count > 0) {
      given += count;
      checkLimits();
    }
    return count;
  }

  private int unpack(byte[] into, int offset, int length) throws IOException {
    try {
      return tar.read(into, offset, length);
    } catch (EstargzException e) {
      throw e;
    } catch (IOException e) {
      IOException failure = source.failure();
      if (failure != null) {
        throw failure;
      }
      // Among the decoders, only zstd's throws foreign exceptions.
      String message = "zstd: " + e.getMessage();
      boolean cut = message.contains("Truncated");
      throw new EstargzException(cut ? Reason.TRUNCATED : Reason.COMPRESSION_INVALID, message, e);
    }
  }

  private void checkLimits() throws EstargzException {
    if (given > limits.uncompressedBytes()) {
      throw new EstargzException(
          Reason.LIMIT_PASSED,
          "layer: unpacks to more than %,d bytes".formatted(limits.uncompressedBytes()));
    }
    if (given > EstargzLimits.RATIO_FREE_BYTES && given / limits.ratio() > source.taken()) {
      throw new EstargzException(
          Reason.LIMIT_PASSED,
          "layer: %,d bytes unpack to more than %d times as many"
              .formatted(source.taken(), limits.ratio()));
    }
  }

  /** Reads to the end of the source, where its digest is verified. */
  void drain() throws IOException {
    byte[] sink = new byte[SINK_BYTES];
    int read = 0;
    while (read >= 0) {
      read = read(sink, 0, sink.length);
    }
    while (source.hasMore()) {
      source.advance(source.available(Integer.MAX_VALUE));
    }
  }

  /** Frees the decoders' resources; the caller's stream stays open. */
  @Override
  public void close() throws IOException {
    if (tar != source) {
      tar.close();
    }
  }
}
