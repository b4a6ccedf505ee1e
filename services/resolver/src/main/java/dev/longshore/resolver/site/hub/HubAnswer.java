package dev.longshore.resolver.site.hub;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * The body of a hub's answer. A read without bytes for too long fails: the client closes the
 * connection. So does one with hardly any bytes, since a proxy that passes a byte now and then
 * could hold its reader for ever. Counts bytes on arrival.
 */
public final class HubAnswer extends InputStream implements Closeable {
  /** Looks in the time that a read may take: how exactly it is kept. */
  private static final int LOOKS = 4;

  /**
   * What has to come in so much time of waiting for it: a tenth of what the thinnest line brings.
   * An answer that ends before may be shorter.
   *
   * @param bytes least bytes
   * @param time waited, without what its reader does in between
   */
  public record Progress(long bytes, Duration time) {
    /** That of a hub. */
    public static final Progress LEAST = new Progress(6_000, Duration.ofMinutes(1));
  }

  private final InputStream in;
  private final Duration stall;
  private final Progress least;
  private final LongSupplier nanos;
  private long waited;
  private long came;
  private final LongConsumer received;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile long readingSince;
  private volatile boolean reading;
  private volatile boolean stalled;

  HubAnswer(InputStream in, Duration stall, LongConsumer received) {
    this(in, stall, Progress.LEAST, received);
  }

  /**
   * An answer.
   *
   * @param stall longest time without a byte
   * @param received told of bytes as they come
   */
  public HubAnswer(InputStream in, Duration stall, Progress least, LongConsumer received) {
    this(in, stall, least, received, System::nanoTime);
  }

  HubAnswer(
      InputStream in, Duration stall, Progress least, LongConsumer received, LongSupplier nanos) {
    this.in = in;
    this.stall = stall;
    this.least = least;
    this.nanos = nanos;
    this.received = received;
    Thread.ofVirtual().name("hub-stall-watch").start(this::watch);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    long began = nanos.getAsLong();
    readingSince = began;
    reading = true;
    try {
      int n = in.read(into, offset, length);
      if (n > 0) {
        received.accept(n);
        requireProgress(n, nanos.getAsLong() - began);
      }
      return n;
    } catch (IOException e) {
      throw stalled ? new IOException("no byte for " + stall, e) : e;
    } finally {
      reading = false;
    }
  }

  private void requireProgress(int bytes, long took) throws IOException {
    came += bytes;
    waited += took;
    if (waited < least.time().toNanos()) {
      return;
    }
    if (came < least.bytes()) {
      throw new IOException(
          "%d bytes in %s (expected: at least %d)"
              .formatted(came, Duration.ofNanos(waited), least.bytes()));
    }
    came = 0;
    waited = 0;
  }

  private void watch() {
    try {
      long look = Math.max(1, stall.toMillis() / LOOKS);
      while (!closed.await(look, TimeUnit.MILLISECONDS)) {
        if (reading && nanos.getAsLong() - readingSince > stall.toNanos()) {
          stalled = true;
          in.close();
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // It is closed anyway, and the reader learns why.
      stalled = true;
    }
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    in.close();
  }
}
