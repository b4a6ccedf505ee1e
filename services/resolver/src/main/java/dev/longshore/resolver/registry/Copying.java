package dev.longshore.resolver.registry;

import dev.longshore.resolver.content.Reading;
import dev.longshore.resolver.content.UnavailableException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A reading on its way to a client. The first bytes are read before the answer begins, so that
 * content that cannot be had is refused instead of broken off.
 */
final class Copying implements Body.Transfer {
  /** Read and written at once; with the held-back end it is all that one client costs in memory. */
  private static final int CHUNK = 256 * 1024;

  private final Reading reading;
  private final ByteBuffer buffer;
  private boolean ended;

  private Copying(Reading reading, long length) {
    this.reading = reading;
    this.buffer = ByteBuffer.allocate(Math.clamp(length, 1, CHUNK));
  }

  /** Takes the reading over and waits for its first bytes. */
  static Copying begin(Reading reading, long length)
      throws UnavailableException, InterruptedException {
    Copying copying = new Copying(reading, length);
    boolean begun = false;
    try {
      copying.ended = reading.read(copying.buffer) < 0;
      begun = true;
      return copying;
    } finally {
      if (!begun) {
        reading.close();
      }
    }
  }

  @Override
  public void writeTo(Body.Sink sink)
      throws UnavailableException, IOException, InterruptedException {
    while (!ended) {
      sink.write(buffer.flip());
      buffer.clear();
      ended = reading.read(buffer) < 0;
    }
  }

  @Override
  public void close() {
    reading.close();
  }
}
