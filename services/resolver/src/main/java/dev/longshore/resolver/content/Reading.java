package dev.longshore.resolver.content;

import java.nio.ByteBuffer;

/**
 * Content on its way to one client. Gives the last bytes only when all of it was found to be right,
 * so whoever got as many bytes as announced has the right ones.
 */
public interface Reading extends AutoCloseable {
  /**
   * Fills some of the buffer, waiting for bytes where none are there yet.
   *
   * @return bytes read, or -1 behind the last one
   * @throws UnavailableException when the rest cannot be had or is wrong; what came so far must not
   *     be passed off as the whole
   */
  int read(ByteBuffer into) throws UnavailableException, InterruptedException;

  @Override
  void close();
}
