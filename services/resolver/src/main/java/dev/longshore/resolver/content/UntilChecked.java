package dev.longshore.resolver.content;

import dev.longshore.ipfs.IpfsDataException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A part of a blob whose cached file is being hashed. Its bytes come from individually checked
 * blocks, and from the first block that the node lacks on, from the file once it is hashed.
 */
final class UntilChecked extends InputStream {
  private static final Logger LOG = LoggerFactory.getLogger(UntilChecked.class);

  /** Opens the part at an offset within it. */
  @FunctionalInterface
  interface Source {
    InputStream from(long position) throws IOException, InterruptedException;
  }

  private final Source blocks;
  private final Source checked;
  private InputStream in = InputStream.nullInputStream();
  private State state = State.NEW;
  private long position;

  private enum State {
    NEW,
    BLOCKS,
    CHECKED
  }

  /**
   * @param blocks opens the part from blocks, failing soon if one is missing
   * @param checked opens the part from the file, waiting until it is hashed
   */
  UntilChecked(Source blocks, Source checked) {
    this.blocks = blocks;
    this.checked = checked;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int n;
    try {
      if (state == State.NEW) {
        open(State.BLOCKS, blocks);
      }
      n = in.read(into, offset, length);
    } catch (IOException | IpfsDataException e) {
      if (state == State.CHECKED || Thread.currentThread().isInterrupted()) {
        throw e;
      }
      LOG.debug("a block is missing: {}", e.getMessage());
      in.close();
      open(State.CHECKED, checked);
      n = in.read(into, offset, length);
    }
    position += Math.max(n, 0);
    return n;
  }

  private void open(State next, Source source) throws IOException {
    state = next;
    try {
      in = source.from(position);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("reading was given up").initCause(e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
