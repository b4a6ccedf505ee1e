package dev.longshore.ipfs.reader;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A part of a file as a stream of checked bytes. */
final class FileStream extends InputStream {
  private final FileWalk walk;
  private long left;
  private ByteBuffer current = ByteBuffer.allocate(0);

  FileStream(FileWalk walk, long length) {
    this.walk = walk;
    this.left = length;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (left == 0) {
      return -1;
    }
    if (!current.hasRemaining()) {
      current = more();
    }
    int part = (int) Math.min(Math.min(length, current.remaining()), left);
    current.get(into, offset, part);
    left -= part;
    return part;
  }

  private ByteBuffer more() throws IOException {
    @Nullable ByteBuffer next = walk.next();
    if (next == null) {
      // The sizes of all nodes agree before their bytes are returned, so this is our own fault.
      throw new EOFException("file ended " + left + " bytes early");
    }
    return next;
  }

  @Override
  public void close() {
    walk.close();
  }
}
