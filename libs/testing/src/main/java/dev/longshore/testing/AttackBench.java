package dev.longshore.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One thread apart, on which calls are timed and their allocations counted. */
final class AttackBench implements AutoCloseable {
  private static final ThreadMXBean THREADS =
      ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

  /** A busy machine gives a thread so much less than the time that passes. */
  private static final int BUSY = 10;

  /** Looks at its CPU time within the limit. */
  private static final int LOOKS = 20;

  /**
   * How a call ended.
   *
   * @param late it did not end in time; the error tells where it was
   */
  record Outcome<T>(@Nullable T value, @Nullable Throwable error, long allocated, boolean late) {
    T result() {
      if (value == null) {
        throw new AssertionError("the parser returned null");
      }
      return value;
    }
  }

  private final Thread[] thread = new Thread[1];
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(
          work -> {
            thread[0] = Thread.ofPlatform().daemon().name("attacked parser").unstarted(work);
            return thread[0];
          });

  /**
   * Calls it.
   *
   * @param limit of the thread's CPU time; it may wait for ten times as long
   */
  <T> Outcome<T> run(Callable<T> call, Duration limit) {
    long end = System.nanoTime() + BUSY * limit.toNanos();
    long before = cpuNanos();
    Future<Outcome<T>> running = executor.submit(() -> measured(call));
    try {
      while (true) {
        try {
          return running.get(limit.toMillis() / LOOKS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          if (cpuNanos() - before >= limit.toNanos() || System.nanoTime() > end) {
            var hang = new IllegalStateException("where it was");
            hang.setStackTrace(thread[0].getStackTrace());
            return new Outcome<>(null, hang, 0, true);
          }
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("the bench itself failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private long cpuNanos() {
    return thread[0] == null ? 0 : THREADS.getThreadCpuTime(thread[0].threadId());
  }

  @SuppressWarnings("CatchingUnchecked") // errors such as a full stack are what is looked for
  private static <T> Outcome<T> measured(Callable<T> call) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    @Nullable T value = null;
    @Nullable Throwable error = null;
    try {
      value = call.call();
    } catch (Throwable e) {
      error = e;
    }
    return new Outcome<>(value, error, THREADS.getCurrentThreadAllocatedBytes() - before, false);
  }

  /** Leaves a call that hangs to itself; its thread ends with the program. */
  @Override
  public void close() {
    executor.shutdownNow();
  }
}
