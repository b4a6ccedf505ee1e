package dev.longshore.estargz;

import dev.longshore.estargz.EstargzException.Reason;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tar entry by entry. Our own code, because available libraries decode PAX values as UTF-8,
 * which breaks extended attributes such as {@code security.capability}.
 */
final class TarReader {
  /** Limit of an extended header or a long name, as in Go and libarchive. */
  static final int MAX_EXTENDED_BYTES = 1 << 20;

  private final InputStream in;
  private final byte[] block = new byte[TarBlock.BYTES];
  private long payloadLeft;
  private int padding;

  TarReader(InputStream in) {
    this.in = in;
  }

  /** The next entry, or null at the end. Skips the rest of the previous payload. */
  @Nullable TarEntry next() throws IOException {
    skipPayload();
    var extended = new ExtendedHeaders();
    while (true) {
      if (!readHeader()) {
        if (extended.isEmpty()) {
          return null;
        }
        throw truncated("after an extended header");
      }
      var header = new TarBlock(block);
      switch (header.flag()) {
        case 'x' -> extended.pax(extendedText(header));
        case 'L' -> extended.longName(extendedText(header));
        case 'K' -> extended.longLink(extendedText(header));
        default -> {
          TarEntry entry = extended.applyTo(header);
          payloadLeft = entry.size();
          padding = TarBlock.padding(payloadLeft);
          return entry;
        }
      }
    }
  }

  /** Reads exactly this many bytes of the entry's payload. */
  void readPayload(byte[] bytes, int offset, int length) throws IOException {
    if (in.readNBytes(bytes, offset, length) < length) {
      throw truncated("in a file's content");
    }
    payloadLeft -= length;
  }

  private void skipPayload() throws IOException {
    long left = payloadLeft + padding;
    byte[] sink = left > TarBlock.BYTES ? new byte[8192] : block;
    while (left > 0) {
      int read = in.read(sink, 0, (int) Math.min(sink.length, left));
      if (read < 0) {
        if (payloadLeft == 0) {
          break; // the last file's padding: some writers leave it away
        }
        throw truncated("in a file's content");
      }
      left -= read;
    }
    payloadLeft = 0;
    padding = 0;
  }

  /** False at the end of the archive: two empty blocks, or end of input. */
  private boolean readHeader() throws IOException {
    int read = in.readNBytes(block, 0, block.length);
    if (read == 0) {
      return false;
    }
    if (read < block.length) {
      throw truncated("in a header");
    }
    if (!TarBlock.isZero(block)) {
      return true;
    }
    read = in.readNBytes(block, 0, block.length);
    if (read == 0 || (read == block.length && TarBlock.isZero(block))) {
      return false;
    }
    throw new EstargzException(
        Reason.TAR_INVALID, "tar: an empty block is followed by " + read + " bytes that are not");
  }

  private String extendedText(TarBlock header) throws IOException {
    long size = header.size();
    if (size < 0 || size > MAX_EXTENDED_BYTES) {
      throw new EstargzException(
          Reason.LIMIT_PASSED,
          "tar: an extended header of %d bytes, the limit is %d"
              .formatted(size, MAX_EXTENDED_BYTES));
    }
    int length = (int) size;
    byte[] text = in.readNBytes(length);
    int pad = TarBlock.padding(length);
    if (text.length < length || in.readNBytes(block, 0, pad) < pad) {
      throw truncated("in an extended header");
    }
    return ByteText.of(text, 0, length);
  }

  private static EstargzException truncated(String where) {
    return new EstargzException(Reason.TRUNCATED, "tar: the stream ends " + where);
  }
}
