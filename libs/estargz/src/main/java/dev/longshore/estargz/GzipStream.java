package dev.longshore.estargz;

import dev.longshore.estargz.EstargzException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A sequence of gzip members (RFC 1952). Stricter than java.util.zip's own stream, which treats any
 * data after a member as the end.
 */
final class GzipStream extends InputStream {
  /** Limit of a member's file name, comment and extra field; gzip writes at most a path. */
  private static final int MAX_HEADER_BYTES = 256 << 10;

  private static final int HEADER_CRC = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;
  private static final int RESERVED = 0xE0;

  private final SourceBytes in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final byte[] one = new byte[1];
  private boolean inMember;
  private boolean ended;

  GzipStream(SourceBytes in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!ended) {
      if (!inMember) {
        startMember();
      } else {
        int count = inflate(into, offset, length);
        if (count > 0) {
          return count;
        }
      }
    }
    return -1;
  }

  private void startMember() throws IOException {
    if (!in.hasMore()) {
      ended = true;
      return;
    }
    readHeader();
    inflater.reset();
    crc.reset();
    inMember = true;
  }

  private int inflate(byte[] into, int offset, int length) throws IOException {
    if (!in.hasMore()) {
      throw truncated();
    }
    int most = in.available(Integer.MAX_VALUE);
    try {
      inflater.setInput(in.buffer(), in.position(), most);
      int count = inflater.inflate(into, offset, length);
      in.advance(most - inflater.getRemaining());
      if (inflater.needsDictionary()) {
        throw invalid("it asks for a dictionary");
      }
      crc.update(into, offset, count);
      if (inflater.finished()) {
        inMember = false;
        checkTrailer();
      }
      return count;
    } catch (DataFormatException e) {
      throw new EstargzException(
          Reason.COMPRESSION_INVALID, "gzip: damaged deflate data: " + e.getMessage(), e);
    }
  }

  private void checkTrailer() throws IOException {
    long stated = littleEndian(4);
    if (stated != crc.getValue()) {
      throw invalid(
          "a member's checksum is %08x, its bytes give %08x".formatted(stated, crc.getValue()));
    }
    long size = littleEndian(4);
    if (size != (inflater.getBytesWritten() & 0xFFFF_FFFFL)) {
      throw invalid(
          "a member says that it has %d bytes, it has %d"
              .formatted(size, inflater.getBytesWritten()));
    }
  }

  private void readHeader() throws IOException {
    if (needed() != 0x1F || needed() != 0x8B) {
      throw invalid("bytes behind a member that are no further member");
    }
    if (needed() != 8) {
      throw invalid("a member's method is not deflate");
    }
    int flags = needed();
    if ((flags & RESERVED) != 0) {
      throw invalid("a member's header has reserved flags");
    }
    littleEndian(6); // time, level, system
    if ((flags & EXTRA) != 0) {
      littleEndianSkip();
    }
    if ((flags & NAME) != 0) {
      skipText();
    }
    if ((flags & COMMENT) != 0) {
      skipText();
    }
    if ((flags & HEADER_CRC) != 0) {
      littleEndian(2);
    }
  }

  private void littleEndianSkip() throws IOException {
    long length = littleEndian(2);
    for (long i = 0; i < length; i++) {
      needed();
    }
  }

  private void skipText() throws IOException {
    for (int i = 0; i < MAX_HEADER_BYTES; i++) {
      if (needed() == 0) {
        return;
      }
    }
    throw new EstargzException(
        Reason.LIMIT_PASSED,
        "gzip: a name in a member's header has more than %d bytes".formatted(MAX_HEADER_BYTES));
  }

  private long littleEndian(int bytes) throws IOException {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) needed() << (8 * i);
    }
    return value;
  }

  private int needed() throws IOException {
    int b = in.read();
    if (b < 0) {
      throw truncated();
    }
    return b;
  }

  private static EstargzException truncated() {
    return new EstargzException(Reason.TRUNCATED, "gzip: the stream ends in a member");
  }

  private static EstargzException invalid(String message) {
    return new EstargzException(Reason.COMPRESSION_INVALID, "gzip: " + message);
  }

  @Override
  public void close() {
    inflater.end();
  }
}
