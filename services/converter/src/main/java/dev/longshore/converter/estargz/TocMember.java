package dev.longshore.converter.estargz;

import dev.longshore.oci.Digest;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * The last entry of the tar and its end, in one gzip member: readers unpack no second one. It is
 * compressed as a whole, so where it is large its memory is a file's.
 */
final class TocMember {
  /** Above, memory is mapped from a file: some 50,000 entries. */
  private static final long MAX_NATIVE_BYTES = 16L << 20;

  private static final int COPY_BYTES = 256 << 10;

  private final Path folder;
  private final Press press;
  private final LeafCutter cutter;

  TocMember(Path folder, Press press, LeafCutter cutter) {
    this.folder = folder;
    this.press = press;
    this.cutter = cutter;
  }

  /**
   * Writes the member and the footer that says where it is.
   *
   * @param tar the running digest of the tar, which the bytes are added to
   * @return the digest of the text
   */
  Digest write(Spool toc, MessageDigest tar) throws IOException {
    byte[] header = TarHeaders.of(TarEntry.bare(EntryNames.TOC, toc.size()));
    long length = length(toc);
    long offset = cutter.position();
    MessageDigest text = Digest.Algorithm.SHA256.newHash();
    try (var arena = Arena.ofConfined()) {
      MemorySegment raw = allocate(arena, length);
      MemorySegment.copy(header, 0, raw, ValueLayout.JAVA_BYTE, 0, header.length);
      tar.update(header);
      copy(toc, raw, header.length, text, tar);
      byte[] end = new byte[(int) (length - header.length - toc.size())];
      tar.update(end);
      MemorySegment.copy(end, 0, raw, ValueLayout.JAVA_BYTE, length - end.length, end.length);
      MemorySegment packed = allocate(arena, press.bound(length));
      put(press.pack(raw, length, packed));
    }
    byte[] footer = footer(offset);
    cutter.put(footer, 0, footer.length);
    return Digest.finish(Digest.Algorithm.SHA256, text);
  }

  /** Bytes that the text, its header, its padding and the tar's end have. */
  static long length(Spool toc) {
    int header = TarHeaders.of(TarEntry.bare(EntryNames.TOC, toc.size())).length;
    return header + toc.size() + TarBlock.padding(toc.size()) + TarHeaders.END_BYTES;
  }

  private MemorySegment allocate(Arena arena, long bytes) throws IOException {
    if (bytes <= MAX_NATIVE_BYTES) {
      return arena.allocate(bytes);
    }
    try (FileChannel file = Spool.open(folder)) {
      fill(file, bytes);
      return file.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
    }
  }

  /**
   * Gives the file its room on the disk: native code that writes to a map cannot be told of none.
   */
  private static void fill(FileChannel file, long bytes) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocate(COPY_BYTES);
    for (long at = 0; at < bytes; ) {
      zeros.clear().limit((int) Math.min(COPY_BYTES, bytes - at));
      at += file.write(zeros, at);
    }
  }

  private static void copy(
      Spool toc, MemorySegment raw, long at, MessageDigest text, MessageDigest tar)
      throws IOException {
    byte[] buffer = new byte[COPY_BYTES];
    for (long done = 0; done < toc.size(); ) {
      int part = (int) Math.min(buffer.length, toc.size() - done);
      toc.read(done, buffer, 0, part);
      text.update(buffer, 0, part);
      tar.update(buffer, 0, part);
      MemorySegment.copy(buffer, 0, raw, ValueLayout.JAVA_BYTE, at + done, part);
      done += part;
    }
  }

  private void put(MemorySegment member) throws IOException {
    byte[] buffer = new byte[COPY_BYTES];
    for (long done = 0; done < member.byteSize(); ) {
      int part = (int) Math.min(buffer.length, member.byteSize() - done);
      MemorySegment.copy(member, ValueLayout.JAVA_BYTE, done, buffer, 0, part);
      cutter.put(buffer, 0, part);
      done += part;
    }
  }

  /**
   * An empty gzip member whose extra field says where the table of contents is: flag FEXTRA, one
   * subfield "SG" of 22 bytes, one empty stored block, no checksum and no size; 51 bytes.
   */
  private static byte[] footer(long tocOffset) {
    String text =
        "\u001f\u008b\u0008\u0004\0\0\0\0\0\u00ff\u001a\0SG\u0016\0"
            + "%016x".formatted(tocOffset)
            + "STARGZ\u0001\0\0\u00ff\u00ff\0\0\0\0\0\0\0\0";
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
