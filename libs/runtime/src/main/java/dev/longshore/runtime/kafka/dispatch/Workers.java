package dev.longshore.runtime.kafka.dispatch;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * The threads that work on something revocable, such as a partition.
 *
 * <pre>
 * open      threads enter and leave
 * draining none enters; waiting ones were interrupted, the others may finish
 * closed    all were interrupted
 * </pre>
 */
public final class Workers {
  private enum State {
    OPEN,
    DRAINING,
    CLOSED
  }

  private final Set<Thread> atWork = new HashSet<>();
  private final Map<Thread, Long> waitingSince = new HashMap<>();
  private int standingBy;
  private State state = State.OPEN;

  /** A wait that an interrupt ends without any loss. */
  @FunctionalInterface
  interface Wait {
    void run() throws InterruptedException;
  }

  /**
   * Registers the current thread; it must {@link #leave}.
   *
   * @return false if there is nothing to work for any more
   */
  synchronized boolean enter() {
    return state == State.OPEN && atWork.add(Thread.currentThread());
  }

  /** Removes the current thread, and clears an interrupt meant for it. */
  synchronized void leave() {
    atWork.remove(Thread.currentThread());
    Thread.interrupted();
    notifyAll();
  }

  /** Lets the current thread wait; interrupts it as soon as there is nothing to wait for. */
  void idle(Wait wait) throws InterruptedException {
    synchronized (this) {
      if (state != State.OPEN) {
        throw new InterruptedException("nothing to wait for any more");
      }
      waitingSince.put(Thread.currentThread(), System.nanoTime());
    }
    try {
      wait.run();
    } finally {
      synchronized (this) {
        waitingSince.remove(Thread.currentThread());
      }
    }
    if (Thread.interrupted()) {
      throw new InterruptedException("the wait ended with an interruption");
    }
  }

  /** Lets the current thread wait for the end of what another of these threads does. */
  <T> T standBy(Future<T> other) throws InterruptedException, ExecutionException {
    count(1);
    try {
      return other.get();
    } finally {
      count(-1);
    }
  }

  private synchronized void count(int more) {
    standingBy += more;
  }

  /** Interrupts the threads that have waited longer than this, so that they move on. */
  public synchronized void interruptIdle(Duration longerThan) {
    long now = System.nanoTime();
    waitingSince.forEach(
        (thread, since) -> {
          if (now - since > longerThan.toNanos()) {
            thread.interrupt();
          }
        });
  }

  synchronized boolean isOpen() {
    return state == State.OPEN;
  }

  /** Number of working threads. */
  public synchronized int count() {
    return atWork.size();
  }

  /** Number of threads that do not only wait: for an endpoint, or for another of them. */
  public synchronized int busy() {
    return atWork.size() - waitingSince.size() - standingBy;
  }

  /** Admits no more threads, and interrupts those that only wait. */
  public synchronized void drain() {
    if (state == State.OPEN) {
      state = State.DRAINING;
    }
    waitingSince.keySet().forEach(Thread::interrupt);
  }

  /** Interrupts all threads. */
  public synchronized void close() {
    state = State.CLOSED;
    atWork.forEach(Thread::interrupt);
  }

  /** Waits until no thread works any more; false if the time ran out. */
  public synchronized boolean awaitNone(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    for (long left = limit.toNanos();
        left > 0 && !atWork.isEmpty();
        left = end - System.nanoTime()) {
      wait(Math.max(1, left / 1_000_000));
    }
    return atWork.isEmpty();
  }
}
