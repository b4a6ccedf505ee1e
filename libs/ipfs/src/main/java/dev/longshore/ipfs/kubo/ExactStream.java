package dev.longshore.ipfs.kubo;

import dev.longshore.ipfs.node.Fault;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream that fails when it is shorter or longer than announced. */
final class ExactStream extends FilterInputStream {
  private final long announced;
  private final Faults faults;
  private long read;

  ExactStream(InputStream in, long announced, Faults faults) {
    super(in);
    this.announced = announced;
    this.faults = faults;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    try {
      int part = in.read(into, offset, length);
      read += Math.max(part, 0);
      if (read > announced || (part < 0 && read < announced)) {
        throw faults.because(
            Fault.FAILED, "%d bytes came of %d announced".formatted(read, announced));
      }
      return part;
    } catch (IOException e) {
      throw faults.broken(e);
    }
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
