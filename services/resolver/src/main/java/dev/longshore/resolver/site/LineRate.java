package dev.longshore.resolver.site;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Limits the rate of reading from the line: TCP's window then slows the sender. */
final class LineRate {
  private static final long SECOND = 1_000_000_000L;

  /** Read in one go: a tenth of a second at 5 Mbit/s. */
  private static final int PIECE = 64 * 1024;

  private final LongSupplier nanos;
  private final Rest rest;
  private long freeAt;

  /** How a reader waits. */
  @FunctionalInterface
  interface Rest {
    void nanos(long nanos);
  }

  LineRate() {
    this(System::nanoTime, LockSupport::parkNanos);
  }

  LineRate(LongSupplier nanos, Rest rest) {
    this.nanos = nanos;
    this.rest = rest;
    this.freeAt = nanos.getAsLong();
  }

  /**
   * The stream at this node's part of a rate.
   *
   * @param bytesPerSecond of the whole site; no limit if null
   * @param nodes how many share it, which may change while it is read
   */
  InputStream limit(InputStream in, @Nullable Long bytesPerSecond, IntSupplier nodes) {
    return bytesPerSecond == null || bytesPerSecond <= 0
        ? in
        : new FilterInputStream(in) {
          @Override
          public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
          }

          @Override
          public int read(byte[] into, int offset, int length) throws IOException {
            int n = super.read(into, offset, Math.min(length, PIECE));
            if (n > 0) {
              spend(n, Math.max(1, bytesPerSecond / Math.max(1, nodes.getAsInt())));
            }
            return n;
          }
        };
  }

  private synchronized void spend(int bytes, long bytesPerSecond) throws InterruptedIOException {
    long now = nanos.getAsLong();
    freeAt = Math.max(freeAt, now) + bytes * SECOND / bytesPerSecond;
    while (now < freeAt) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("reading from the line: interrupted");
      }
      rest.nanos(freeAt - now);
      now = nanos.getAsLong();
    }
  }
}
