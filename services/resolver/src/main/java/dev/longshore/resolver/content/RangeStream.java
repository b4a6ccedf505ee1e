package dev.longshore.resolver.content;

import dev.longshore.ipfs.IpfsDataException;
import java.io.IOException;
import java.io.InputStream;

/** A part of a blob, verified before its bytes are returned. */
final class RangeStream extends InputStream {
  private final LocatedContent content;
  private final InputStream in;
  private long left;

  RangeStream(LocatedContent content, InputStream in, long length) {
    this.content = content;
    this.in = in;
    this.left = length;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (left == 0) {
      return -1;
    }
    try {
      int n = in.read(into, offset, (int) Math.min(length, left));
      if (n < 0) {
        throw ContentFailures.wrong(content, left + " bytes are missing at the end of a range");
      }
      left -= n;
      return n;
    } catch (IpfsDataException e) {
      throw ContentFailures.wrong(content, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw ContentFailures.stopped(content, 0, e);
    }
  }

  @Override
  public void close() {
    ContentFailures.closeQuietly(in);
  }
}
