package dev.longshore.resolver.content;

import dev.longshore.ipfs.IpfsDataException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** A part of a blob whose bytes were verified before they come. */
final class RangeReading implements Reading {
  private final Content content;
  private final InputStream in;
  private long left;

  RangeReading(Content content, InputStream in, long length) {
    this.content = content;
    this.in = in;
    this.left = length;
  }

  @Override
  public int read(ByteBuffer into) throws UnavailableException {
    if (left == 0) {
      return -1;
    }
    int from = into.position();
    try {
      int n =
          in.read(into.array(), into.arrayOffset() + from, (int) Math.min(into.remaining(), left));
      if (n < 0) {
        throw Failures.wrong(content, left + " bytes are missing at the end of a range");
      }
      into.position(from + n);
      left -= n;
      return n;
    } catch (IpfsDataException e) {
      throw Failures.wrong(content, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw Failures.stopped(content, 0, e);
    }
  }

  @Override
  public void close() {
    Failures.closeQuietly(in);
  }
}
