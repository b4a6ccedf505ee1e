package dev.longshore.runtime.kafka.dispatch;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

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

  private final Set<Thread> atWork = new HashSet<>();
  private final Map<Thread, Long> waitingSince = new HashMap<>();
  private State state = State.OPEN;

  /** A wait that an interruption ends without any loss. */
  @FunctionalInterface
  interface Wait {
    void run() throws InterruptedException;
  }

  /**
   * Notes that the current thread begins; it must {@link #leave}.
   *
   * @return false when there is nothing to work for any more
   */
  synchronized boolean enter() {
    return state == State.OPEN && atWork.add(Thread.currentThread());
  }

  /** Notes that the current thread is done; an interruption that was meant for it ends here. */
  synchronized void leave() {
    atWork.remove(Thread.currentThread());
    Thread.interrupted();
    notifyAll();
  }

  /** Has the current thread wait; interrupted as soon as there is nothing to wait for. */
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

  /** Interrupts the threads that wait for longer than this, to do something else. */
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

  /** Threads at work. */
  public synchronized int count() {
    return atWork.size();
  }

  /** Lets no thread begin, and interrupts those that only wait. */
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

  /** Whether no thread is at work any more within the time. */
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
