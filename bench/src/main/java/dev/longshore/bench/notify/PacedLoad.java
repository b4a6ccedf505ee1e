package dev.longshore.bench.notify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Notifications at a steady rate on many connections. Each has its moment, and its time counts from
 * there: a slow answer makes those behind it late as well, and that is counted.
 *
 * @param port of the watcher's webhooks
 * @param perSecond over all connections; 0 for as fast as they are answered
 */
record PacedLoad(int port, String token, int connections, int repositories, double perSecond) {
  private static final double NANOS = 1e9;

  /**
   * What came of it.
   *
   * @param seconds of each that was accepted
   * @param refused answers other than 202
   */
  record Outcome(double seconds, List<Double> each, int refused) {
    double rate() {
      return each.size() / seconds;
    }
  }

  /** Sends this many, with numbers from {@code first} on. */
  Outcome run(int first, int count) throws IOException, InterruptedException {
    AtomicInteger next = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    List<Double> each = new ArrayList<>(count);
    long start = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Double>>> running = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        running.add(threads.submit(() -> connection(next, first, count, start, refused)));
      }
      for (Future<List<Double>> one : running) {
        each.addAll(one.get());
      }
    } catch (ExecutionException e) {
      throw new IOException("a notification failed: " + e.getCause(), e);
    }
    return new Outcome((System.nanoTime() - start) / NANOS, each, refused.get());
  }

  private List<Double> connection(
      AtomicInteger next, int first, int count, long start, AtomicInteger refused)
      throws IOException {
    List<Double> seconds = new ArrayList<>(count / connections + 1);
    RegistrySender sender = new RegistrySender(port, token, repositories);
    try {
      for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
        long due = perSecond == 0 ? System.nanoTime() : start + (long) (i / perSecond * NANOS);
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        if (isAccepted(sender, first + i)) {
          seconds.add((System.nanoTime() - due) / NANOS);
        } else {
          // The watcher closes the connection of what it refuses.
          refused.incrementAndGet();
          sender.close();
          sender = new RegistrySender(port, token, repositories);
        }
      }
    } finally {
      sender.close();
    }
    return seconds;
  }

  private static boolean isAccepted(RegistrySender sender, int number) {
    try {
      return sender.send(number) == 202;
    } catch (IOException e) {
      return false;
    }
  }
}
