package dev.longshore.oci.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A body that must bring {@link ClientSettings#STALL_BYTES} in each {@code limit} of waiting. Only
 * time inside a read counts. A watching thread interrupts a read that hangs although framing bytes
 * trickle in; this works for readers on virtual threads, where domain code blocks.
 */
final class StallGuard extends InputStream {
  private final InputStream in;
  private final Duration limit;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable Thread reader;
  private long readStarted;
  private long waited;
  private long bytes;
  private boolean fired;
  private boolean closed;
  private boolean watched;

  StallGuard(InputStream in, Duration limit) {
    this.in = in;
    this.limit = limit;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int from, int length) throws IOException {
    Objects.checkFromIndexSize(from, length, buffer.length);
    begin();
    int count = 0;
    try {
      count = in.read(buffer, from, length);
    } finally {
      end(Math.max(0, count));
    }
    return count;
  }

  private void begin() {
    lock.lock();
    try {
      if (!watched) {
        // Not earlier: an unread body needs no watching, and may never be closed.
        watched = true;
        Thread.ofVirtual().name("stall-guard").start(this::watch);
      }
      reader = Thread.currentThread();
      readStarted = System.nanoTime();
    } finally {
      lock.unlock();
    }
  }

  private void end(int count) throws SocketTimeoutException {
    lock.lock();
    try {
      reader = null;
      waited += System.nanoTime() - readStarted;
      bytes += count;
      if (bytes >= ClientSettings.STALL_BYTES) {
        waited = 0;
        bytes = 0;
      }
      // Its interrupt has done its work; the thread's owner must not see it.
      if (fired) {
        boolean cleared = Thread.interrupted();
        assert cleared || count == 0;
      }
      if (fired || waited > limit.toNanos()) {
        throw new SocketTimeoutException(
            "less than %d bytes in %s"
                .formatted(ClientSettings.STALL_BYTES, TimedCall.seconds(limit)));
      }
    } finally {
      lock.unlock();
    }
  }

  private void watch() {
    lock.lock();
    try {
      while (!closed && !fired) {
        long left = limit.toNanos() - waited;
        if (reader != null) {
          left -= System.nanoTime() - readStarted;
        }
        if (left > 0 || reader == null) {
          long tick = Math.max(left, limit.toNanos() / 8);
          long ignored = changed.awaitNanos(Math.max(tick, TimeUnit.MILLISECONDS.toNanos(1)));
          assert ignored <= tick;
        } else {
          fired = true;
          reader.interrupt();
        }
      }
    } catch (InterruptedException e) {
      // Nothing interrupts this thread; without it, the socket's time-out still bounds reads.
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    in.close();
  }
}
