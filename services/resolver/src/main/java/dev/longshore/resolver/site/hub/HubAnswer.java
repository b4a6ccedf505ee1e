package dev.longshore.resolver.site.hub;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * The body of a hub's answer. A read that brings nothing for too long ends: the client closes the
 * connection under it. Its bytes are counted as they come.
 */
public final class HubAnswer extends InputStream implements Closeable {
  /** Looks in the time that a read may take: how exactly it is kept. */
  private static final int LOOKS = 4;

  private final InputStream in;
  private final Duration stall;
  private final LongConsumer received;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile long readingSince;
  private volatile boolean reading;
  private volatile boolean stalled;

  HubAnswer(InputStream in, Duration stall, LongConsumer received) {
    this.in = in;
    this.stall = stall;
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
    readingSince = System.nanoTime();
    reading = true;
    try {
      int n = in.read(into, offset, length);
      if (n > 0) {
        received.accept(n);
      }
      return n;
    } catch (IOException e) {
      throw stalled ? new IOException("no byte for " + stall, e) : e;
    } finally {
      reading = false;
    }
  }

  private void watch() {
    try {
      long look = Math.max(1, stall.toMillis() / LOOKS);
      while (!closed.await(look, TimeUnit.MILLISECONDS)) {
        if (reading && System.nanoTime() - readingSince > stall.toNanos()) {
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
