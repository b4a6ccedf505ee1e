package dev.longshore.estargz;

import dev.longshore.model.Digest;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * The table of contents in zstd:chunked: packed in a skippable frame, followed by its footer in
 * another.
 */
record TocFrame(NativeText memory, CompressionContext press, LeafCutter cutter) implements BlobEnd {
  /** Bytes of a frame's magic and its length. */
  private static final int FRAME_HEADER_BYTES = 8;

  private static final int SKIPPABLE = 0x184D2A50;
  private static final int FOOTER_BYTES = 40;

  private static final byte[] MAGIC = "GnUlInUx".getBytes(StandardCharsets.US_ASCII);

  @Override
  public long tarBytes(Spool toc) {
    return TarHeaders.END_BYTES;
  }

  @Override
  public Toc write(Spool toc, MessageDigest tar) throws IOException {
    byte[] end = new byte[TarHeaders.END_BYTES];
    tar.update(end);
    NativeText.put(press.pack(end, 0, end.length), cutter);
    MessageDigest text = Digest.Algorithm.SHA256.newHash();
    MessageDigest checksum = Digest.Algorithm.SHA256.newHash();
    long offset;
    long length;
    try (var arena = Arena.ofShared()) {
      MemorySegment raw = memory.allocate(arena, toc.size());
      MemorySegment room = memory.allocate(arena, press.bound(toc.size()));
      try (var _ = new Residence(raw, room)) {
        NativeText.copy(toc, raw, 0, text);
        MemorySegment packed = press.pack(raw, toc.size(), room);
        length = packed.byteSize();
        frame(length);
        offset = cutter.position();
        NativeText.put(packed, cutter, checksum);
      }
    }
    footer(offset, length, toc.size());
    return new Toc(
        Digest.finish(Digest.Algorithm.SHA256, text),
        Optional.of(
            new EstargzLayer.Frame(
                Digest.finish(Digest.Algorithm.SHA256, checksum), offset, length, toc.size())));
  }

  private void frame(long length) throws IOException {
    put(little(FRAME_HEADER_BYTES).putInt(SKIPPABLE).putInt(Math.toIntExact(length)));
  }

  private void footer(long offset, long packed, long raw) throws IOException {
    frame(FOOTER_BYTES);
    put(
        little(FOOTER_BYTES)
            .putLong(offset)
            .putLong(packed)
            .putLong(raw)
            .putLong(EstargzLayer.Frame.KIND)
            .put(MAGIC));
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void put(ByteBuffer bytes) throws IOException {
    byte[] copy = new byte[bytes.flip().remaining()];
    bytes.get(copy);
    cutter.put(copy, 0, copy.length);
  }
}
