package dev.longshore.estargz;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The compressing threads and their buffers, shared by all layers in progress: memory does not grow
 * with their number. Idle threads end, and the end of the last layer frees the buffers.
 */
final class CompressionWorkers {
  /** Most work queued for the next free thread. */
  private static final int SPARE_BUFFERS = 2;

  private static final int IDLE_SECONDS = 5;

  private final ThreadPoolExecutor threads;
  private final Semaphore permits;
  private final Deque<WorkBuffer> buffers = new ArrayDeque<>();
  private final Map<LazyFormat, Deque<CompressionContext>> presses =
      new EnumMap<>(LazyFormat.class);
  private int layers;

  CompressionWorkers(int count) {
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
    void run(CompressionContext press) throws IOException;
  }

  synchronized void enter() {
    layers++;
  }

  synchronized void leave() {
    layers--;
    if (layers == 0) {
      buffers.clear();
      presses.values().forEach(free -> free.forEach(CompressionContext::close));
      presses.clear();
    }
  }

  /** One of the shared buffers, if one is free now. */
  @Nullable WorkBuffer tryBuffer() {
    if (!permits.tryAcquire()) {
      return null;
    }
    boolean taken = false;
    try {
      WorkBuffer buffer = unshared();
      taken = true;
      return buffer;
    } finally {
      if (!taken) {
        permits.release();
      }
    }
  }

  /** Most buffers that one layer may hold while it waits for the reader of its leaves. */
  int share() {
    return Math.max(1, (threads.getCorePoolSize() + SPARE_BUFFERS) / 2);
  }

  /** A buffer not shared with other layers. */
  synchronized WorkBuffer unshared() {
    WorkBuffer buffer = buffers.poll();
    return buffer == null ? new WorkBuffer() : buffer;
  }

  /** Returns one of the shared buffers. */
  void giveBack(WorkBuffer buffer) {
    keep(buffer);
    permits.release();
  }

  /** Keeps the memory of a buffer for reuse. */
  synchronized void keep(WorkBuffer buffer) {
    if (layers > 0) {
      buffers.push(buffer);
    }
  }

  /**
   * Has a thread do the work.
   *
   * @param form whose press it works with
   * @param after always runs afterwards, even if the work never begins
   */
  Future<?> submit(LazyFormat form, Work work, Runnable after) {
    boolean handedOver = false;
    try {
      Future<?> running =
          threads.submit(
              () -> {
                try {
                  run(form, work);
                } finally {
                  after.run();
                }
                return true;
              });
      handedOver = true;
      return running;
    } finally {
      if (!handedOver) {
        after.run();
      }
    }
  }

  private void run(LazyFormat form, Work work) throws IOException {
    CompressionContext press = takePress(form);
    try {
      work.run(press);
    } finally {
      giveBack(form, press);
    }
  }

  synchronized CompressionContext takePress(LazyFormat form) {
    Deque<CompressionContext> free = presses.get(form);
    CompressionContext press = free == null ? null : free.poll();
    return press == null ? new CompressionContext(form.newCodec()) : press;
  }

  synchronized void giveBack(LazyFormat form, CompressionContext press) {
    if (layers > 0) {
      presses.computeIfAbsent(form, _ -> new ArrayDeque<>()).push(press);
    } else {
      press.close();
    }
  }

  /** Waits until the work is done; rethrows its exception. */
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

  /** Waits until the work is done, whatever its result. */
  static void await(Future<?> work) {
    try {
      join(work);
    } catch (IOException | RuntimeException | Error e) {
      // The caller is already failing for an earlier reason.
    }
  }

  private static void restore(boolean interrupted) {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static IOException failure(@Nullable Throwable cause) {
    return switch (cause) {
      case SpoolException e -> e;
      case IOException e -> new IOException(e.getMessage(), e);
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> new IOException("eStargz: a worker failed", cause);
    };
  }
}
