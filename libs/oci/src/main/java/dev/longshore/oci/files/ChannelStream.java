package dev.longshore.oci.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;

/**
 * A part of a file, read by position so that many streams share one channel. Does not read ahead:
 * {@link #position} is the position of the next byte.
 */
final class ChannelStream extends InputStream {
  private final FileChannel channel;
  private final long end;
  private long position;

  /**
   * @param end position after the last byte to return
   */
  ChannelStream(FileChannel channel, long position, long end) {
    this.channel = channel;
    this.position = position;
    this.end = end;
  }

  long position() {
    return position;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int from, int length) throws IOException {
    Objects.checkFromIndexSize(from, length, buffer.length);
    if (length == 0) {
      return 0;
    }
    if (position >= end) {
      return -1;
    }
    int wanted = (int) Math.min(length, end - position);
    int count = channel.read(ByteBuffer.wrap(buffer, from, wanted), position);
    position += Math.max(0, count);
    return count;
  }
}
