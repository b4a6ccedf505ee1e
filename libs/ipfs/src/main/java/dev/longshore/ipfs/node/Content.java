package dev.longshore.ipfs.node;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/**
 * Bytes of a file as a node sends them, not verified: the reader hashes the whole, or reads blocks.
 *
 * @param length bytes that the node announced; the last read of a shorter stream fails
 * @param stream closing it aborts the transfer
 */
public record Content(long length, InputStream stream) implements Closeable {
  @Override
  public void close() throws IOException {
    stream.close();
  }
}
