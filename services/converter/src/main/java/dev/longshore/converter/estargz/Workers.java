package dev.longshore.converter.estargz;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The threads that compress and the buffers that they work on, shared by all layers at hand: memory
 * does not grow with their number. Idle threads end, and the last layer's end frees the buffers.
 */
final class Workers {
  /** Work that is ready when a thread becomes free. */
  private static final int SPARE_BUFFERS = 2;

  private static final int IDLE_SECONDS = 5;

  private final ThreadPoolExecutor threads;
  private final Semaphore permits;
  private final Deque<WorkBuffer> buffers = new ArrayDeque<>();
  private final Deque<Press> presses = new ArrayDeque<>();
  private int layers;

  Workers(int count) {
    threads =
        new ThreadPoolExecutor(
            count,
            count,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("estargz-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
    permits = new Semaphore(count + SPARE_BUFFERS);
  }

  /** Work with a press. */
  @FunctionalInterface
  interface Work {
    void run(Press press) throws IOException;
  }

  synchronized void enter() {
    layers++;
  }

  synchronized void leave() {
    layers--;
    if (layers == 0) {
      buffers.clear();
      presses.forEach(Press::close);
      presses.clear();
    }
  }

  /** Waits for a buffer. Nobody who waits here may hold one, else all could wait. */
  WorkBuffer takeBuffer() throws IOException {
    try {
      permits.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("eStargz: interrupted while waiting for a free buffer", e);
    }
    return buffer();
  }

  /** A buffer, if one is free now. */
  @Nullable WorkBuffer tryBuffer() {
    return permits.tryAcquire() ? buffer() : null;
  }

  /** How many buffers one layer may hold while it waits for whoever takes its leaves. */
  int share() {
    return Math.max(1, (threads.getCorePoolSize() + SPARE_BUFFERS) / 2);
  }

  private synchronized WorkBuffer buffer() {
    WorkBuffer buffer = buffers.poll();
    return buffer == null ? new WorkBuffer() : buffer;
  }

  void giveBack(WorkBuffer buffer) {
    synchronized (this) {
      if (layers > 0) {
        buffers.push(buffer);
      }
    }
    permits.release();
  }

  Future<?> submit(Work work) {
    return threads.submit(
        () -> {
          Press press = takePress();
          try {
            work.run(press);
          } finally {
            giveBack(press);
          }
          return true;
        });
  }

  synchronized Press takePress() {
    Press press = presses.poll();
    return press == null ? new Press() : press;
  }

  synchronized void giveBack(Press press) {
    if (layers > 0) {
      presses.push(press);
    } else {
      press.close();
    }
  }

  /** Waits until the work is done; throws what it threw. */
  static void join(Future<?> work) throws IOException {
    boolean interrupted = false;
    while (true) {
      try {
        work.get();
        break;
      } catch (InterruptedException e) {
        interrupted = true; // the work uses what the caller is about to close
      } catch (ExecutionException e) {
        restore(interrupted);
        throw failure(e.getCause());
      }
    }
    restore(interrupted);
    if (interrupted) {
      throw new IOException("eStargz: interrupted");
    }
  }

  /** Waits until the work is done, whatever came of it. */
  static void await(Future<?> work) {
    try {
      join(work);
    } catch (IOException | RuntimeException e) {
      // The caller is failing already, for a reason that came first.
    }
  }

  private static void restore(boolean interrupted) {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static IOException failure(@Nullable Throwable cause) {
    return switch (cause) {
      case IOException e -> new IOException(e.getMessage(), e);
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> new IOException("eStargz: a worker failed", cause);
    };
  }
}
