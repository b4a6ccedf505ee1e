package dev.longshore.runtime.kafka.record;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What Kafka has to confirm, all within the same time, so that they run out of it in their order:
 * one thread looks at the first. A timed wait of each would cost a timer of the JVM, two wake-ups
 * of a thread.
 */
final class Unconfirmed implements AutoCloseable {
  /** What is confirmed leaves the memory so late. */
  private static final Duration LOOK = Duration.ofMillis(100);

  private final Duration limit;
  private final BlockingQueue<Expected> inOrder = new LinkedBlockingQueue<>();
  private final Thread thread;

  private record Expected(CompletableFuture<Void> confirmed, long end) {}

  Unconfirmed(String name, Duration limit) {
    this.limit = limit;
    this.thread = Thread.ofVirtual().name(name).start(this::run);
  }

  /**
   * One more, from now on; fails with a {@link TimeoutException} if it is not completed in time.
   */
  CompletableFuture<Void> expect() {
    CompletableFuture<Void> confirmed = new CompletableFuture<>();
    inOrder.add(new Expected(confirmed, System.nanoTime() + limit.toNanos()));
    return confirmed;
  }

  private void run() {
    try {
      while (true) {
        await(inOrder.take());
      }
    } catch (InterruptedException e) {
      inOrder.forEach(Unconfirmed::end);
    }
  }

  private void await(Expected first) throws InterruptedException {
    try {
      for (long left = left(first); left > 0 && !first.confirmed.isDone(); left = left(first)) {
        TimeUnit.NANOSECONDS.sleep(Math.min(left, LOOK.toNanos()));
      }
      first.confirmed.completeExceptionally(new TimeoutException("no answer within " + limit));
    } catch (InterruptedException e) {
      end(first);
      throw e;
    }
  }

  private static void end(Expected left) {
    left.confirmed.completeExceptionally(new TimeoutException("the sender was closed"));
  }

  private static long left(Expected expected) {
    return expected.end - System.nanoTime();
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
