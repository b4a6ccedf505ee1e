package dev.longshore.resolver.registry;

import dev.longshore.resolver.content.UnavailableException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** What an answer carries behind its headers. */
public sealed interface Body {
  /** Bytes of it. */
  long length();

  /** All of it at once. */
  final class Bytes implements Body {
    private final byte[] bytes;

    /** Takes the array over: nobody may change it. */
    Bytes(byte[] bytes) {
      this.bytes = bytes;
    }

    /** The bytes, not to be changed. */
    public byte[] bytes() {
      return bytes;
    }

    @Override
    public long length() {
      return bytes.length;
    }
  }

  /** Only its length, as a HEAD request is answered. */
  record Announced(long length) implements Body {}

  /**
   * Bytes that are still to come.
   *
   * @param transfer writes exactly {@code length} bytes, once
   */
  record Flow(long length, Transfer transfer) implements Body {}

  /** Bytes on their way to one client; to be closed, whether it was written or not. */
  interface Transfer extends AutoCloseable {
    /**
     * Writes all of it.
     *
     * @throws UnavailableException when the rest cannot be had: the connection must break, so that
     *     the client does not take what it got for the whole
     * @throws IOException when the client is gone
     */
    void writeTo(Sink sink) throws UnavailableException, IOException, InterruptedException;

    @Override
    void close();
  }

  /** The client's side. */
  @FunctionalInterface
  interface Sink {
    /** Sends what the buffer has left; waits while the client is slow, then the buffer is free. */
    void write(ByteBuffer bytes) throws IOException, InterruptedException;
  }
}
