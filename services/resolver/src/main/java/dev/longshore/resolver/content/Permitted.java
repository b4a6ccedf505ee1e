package dev.longshore.resolver.content;

import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/** A reading that holds one of the permits to fetch until it is closed. */
final class Permitted implements Reading {
  private final Reading reading;
  private final Semaphore permits;
  private final AtomicBoolean closed = new AtomicBoolean();

  Permitted(Reading reading, Semaphore permits) {
    this.reading = reading;
    this.permits = permits;
  }

  @Override
  public int read(ByteBuffer into) throws UnavailableException, InterruptedException {
    return reading.read(into);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      reading.close();
      permits.release();
    }
  }
}
