package dev.longshore.oci.registry;

import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A blob's bytes over as many connections as needed: one that breaks, stalls or ends early is
 * replaced by another that continues at the same byte. Gives up after {@link RetryPolicy#attempts}
 * without a byte in between.
 */
final class ResumingBody extends InputStream {
  /** Opens the blob from a position on. */
  @FunctionalInterface
  interface Opener {
    OpenAnswer open(long position) throws RegistryException;
  }

  private final Retrier retrier;
  private final Attempt attempt;
  private final Opener opener;
  private final long size;
  private long position;
  private int failures;
  private @Nullable OpenAnswer answer;

  ResumingBody(Retrier retrier, Attempt attempt, Opener opener, long position, long size) {
    this.retrier = retrier;
    this.attempt = attempt;
    this.opener = opener;
    this.position = position;
    this.size = size;
  }

  /** Connects now, so that a missing blob is known before the first read. */
  void connect() throws RegistryException {
    if (position < size || size == 0) {
      connected();
    }
  }

  private OpenAnswer connected() throws RegistryException {
    OpenAnswer current = answer;
    while (current == null) {
      try {
        current = opener.open(position);
        answer = current;
      } catch (RegistryException e) {
        retrier.pauseOrThrow(attempt, e, ++failures);
      }
    }
    return current;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int from, int length) throws IOException {
    Objects.checkFromIndexSize(from, length, buffer.length);
    if (position >= size || length == 0) {
      return position >= size ? -1 : 0;
    }
    while (true) {
      OpenAnswer current = connected();
      try {
        int count = current.body().read(buffer, from, (int) Math.min(length, size - position));
        if (count > 0) {
          position += count;
          failures = 0;
          return count;
        }
        throw new IOException("it ended " + (size - position) + " bytes early");
      } catch (IOException e) {
        breakOff();
        if (Thread.currentThread().isInterrupted()) {
          throw attempt.interrupted();
        }
        retrier.pauseOrThrow(attempt, failure(e), ++failures);
      }
    }
  }

  private RegistryException failure(IOException e) {
    return e instanceof RegistryException known
        ? known
        : attempt.failed(
            Kind.TRANSIENT,
            "broke off after %d of %d bytes: %s".formatted(position, size, e.getMessage()),
            e);
  }

  private void breakOff() {
    OpenAnswer current = answer;
    answer = null;
    if (current != null) {
      current.close();
    }
  }

  @Override
  public void close() {
    OpenAnswer current = answer;
    if (current != null && position >= size) {
      answer = null;
      current.release();
    } else {
      breakOff();
    }
  }
}
