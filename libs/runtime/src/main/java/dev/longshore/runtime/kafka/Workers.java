package dev.longshore.runtime.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The threads that work for something that may be taken away.
 *
 * <pre>
 * open      threads enter and leave
 * draining  none enters; those that only wait were interrupted, the others may end what they do
 * closed    all were interrupted
 * </pre>
 */
public final class Workers {
  private enum State {
    OPEN,
    DRAINING,
    CLOSED
  }

  private final Map<Thread, Boolean> waitsByThread = new HashMap<>();
  private State state = State.OPEN;

  /**
   * Notes that the current thread begins; it must {@link #leave}.
   *
   * @param waits whether it only waits, so that nothing is lost when it is interrupted
   * @return false when there is nothing to work for any more
   */
  public synchronized boolean enter(boolean waits) {
    if (state != State.OPEN) {
      return false;
    }
    waitsByThread.put(Thread.currentThread(), waits);
    return true;
  }

  /** Notes that the current thread is done; an interruption that was meant for it ends here. */
  public synchronized void leave() {
    waitsByThread.remove(Thread.currentThread());
    Thread.interrupted();
    notifyAll();
  }

  /** Threads at work. */
  public synchronized int count() {
    return waitsByThread.size();
  }

  /** Lets no thread begin, and interrupts those that only wait. */
  public synchronized void drain() {
    if (state == State.OPEN) {
      state = State.DRAINING;
    }
    waitsByThread.forEach(
        (thread, waits) -> {
          if (waits) {
            thread.interrupt();
          }
        });
  }

  /** Interrupts all threads. */
  public synchronized void close() {
    state = State.CLOSED;
    waitsByThread.keySet().forEach(Thread::interrupt);
  }

  /** Whether no thread is at work any more within the time. */
  public synchronized boolean awaitNone(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    for (long left = limit.toNanos();
        left > 0 && !waitsByThread.isEmpty();
        left = end - System.nanoTime()) {
      wait(Math.max(1, left / 1_000_000));
    }
    return waitsByThread.isEmpty();
  }
}
