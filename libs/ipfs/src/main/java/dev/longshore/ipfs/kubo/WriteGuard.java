package dev.longshore.ipfs.kubo;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection when a write to it takes too long, as blocking writes have no timeout. Time
 * between writes does not count.
 */
final class WriteGuard implements Closeable {
  /** How often it checks; a timeout can be this late. */
  private static final Duration LOOK_EVERY = Duration.ofMillis(200);

  private final RpcConnection connection;
  private final Deadline deadline;
  private final Duration stall;
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile long writingSince;
  private volatile boolean writing;
  private volatile @Nullable Fault struck;

  WriteGuard(RpcConnection connection, Duration stall, Deadline deadline) {
    this.connection = connection;
    this.deadline = deadline;
    this.stall = stall;
    Thread.ofVirtual().name("kubo-write-guard").start(this::watch);
  }

  void writeBegins() {
    writingSince = System.nanoTime();
    writing = true;
  }

  void writeEnds() {
    writing = false;
  }

  /** Why this guard closed the connection; null if it did not. */
  @Nullable Fault struck() {
    return struck;
  }

  @Override
  public void close() {
    done.countDown();
  }

  private void watch() {
    try {
      while (!done.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        boolean stalled = writing && System.nanoTime() - writingSince > stall.toNanos();
        if (stalled || deadline.expired()) {
          struck = stalled ? Fault.STALLED : Fault.TIMEOUT;
          connection.close();
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // The connection is closed either way; the writer reports it.
      struck = Fault.FAILED;
    }
  }
}
