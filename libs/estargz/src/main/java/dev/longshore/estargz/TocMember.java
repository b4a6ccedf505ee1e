package dev.longshore.estargz;

import dev.longshore.model.Digest;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * The table of contents as the last entry of the tar, and the tar's end, in one gzip member:
 * readers do not unpack a second one.
 */
record TocMember(NativeText memory, CompressionContext press, LeafCutter cutter)
    implements BlobEnd {
  @Override
  public Toc write(Spool toc, MessageDigest tar) throws IOException {
    byte[] header = TarHeaders.of(TarEntry.bare(EntryNames.TOC, toc.size()));
    long length = tarBytes(toc);
    long offset = cutter.position();
    MessageDigest text = Digest.Algorithm.SHA256.newHash();
    try (var arena = Arena.ofShared()) {
      MemorySegment raw = memory.allocate(arena, length);
      MemorySegment packed = memory.allocate(arena, press.bound(length));
      try (var _ = new Residence(raw, packed)) {
        MemorySegment.copy(header, 0, raw, ValueLayout.JAVA_BYTE, 0, header.length);
        tar.update(header);
        NativeText.copy(toc, raw, header.length, text, tar);
        byte[] end = new byte[(int) (length - header.length - toc.size())];
        tar.update(end);
        MemorySegment.copy(end, 0, raw, ValueLayout.JAVA_BYTE, length - end.length, end.length);
        NativeText.put(press.pack(raw, length, packed), cutter);
      }
    }
    byte[] footer = footer(offset);
    cutter.put(footer, 0, footer.length);
    return new Toc(Digest.finish(Digest.Algorithm.SHA256, text), Optional.empty());
  }

  /** Bytes of the text, its header, its padding and the tar's end. */
  @Override
  public long tarBytes(Spool toc) {
    int header = TarHeaders.of(TarEntry.bare(EntryNames.TOC, toc.size())).length;
    return header + toc.size() + TarBlock.padding(toc.size()) + TarHeaders.END_BYTES;
  }

  /**
   * An empty gzip member whose extra field has the offset of the table of contents: flag FEXTRA,
   * one subfield "SG" of 22 bytes, one empty stored block, no checksum and no size; 51 bytes.
   */
  private static byte[] footer(long tocOffset) {
    String text =
        "\u001f\u008b\u0008\u0004\0\0\0\0\0\u00ff\u001a\0SG\u0016\0"
            + "%016x".formatted(tocOffset)
            + "STARGZ\u0001\0\0\u00ff\u00ff\0\0\0\0\0\0\0\0";
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
