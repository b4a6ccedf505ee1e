package dev.longshore.runtime.service.lifecycle;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread for work that runs until it is stopped. Any other end is logged, and {@link #trouble}
 * reports it from then on.
 */
public final class Loop {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
  private final String name;
  private final Work work;
  private final Thread thread;
  private volatile boolean stopping;
  private volatile @Nullable String trouble;

  /** Work that runs until the thread is interrupted. */
  @FunctionalInterface
  public interface Work {
    /** Returns, or throws, only when it is interrupted. */
    void run() throws InterruptedException;
  }

  /**
   * @param name of the thread, for the log and health
   */
  public Loop(String name, Work work) {
    this.name = name;
    this.work = work;
    this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
  }

  /** Starts a loop. */
  public static Loop started(String name, Work work) {
    Loop loop = new Loop(name, work);
    loop.start();
    return loop;
  }

  /** Starts the work; called once. */
  public void start() {
    thread.start();
  }

  private void run() {
    try {
      work.run();
      ended("it returned", null);
    } catch (InterruptedException e) {
      ended("it was interrupted", e);
    } catch (Throwable e) { // Whatever the failure: the work is over, and someone must know.
      ended(e.toString(), e);
    }
  }

  private void ended(String how, @Nullable Throwable cause) {
    if (stopping) {
      LOG.debug("{} ends", name);
      return;
    }
    trouble = name + " has ended and goes on only after a restart of this process: " + how;
    LOG.error("{}", trouble, cause);
  }

  /** Why the work has ended, if no one stopped it. */
  public Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  /** Interrupts the work; does not wait for its end. */
  public void interrupt() {
    expectEnd();
    thread.interrupt();
  }

  /** The work is about to be told to end by itself: that is no trouble from now on. */
  public void expectEnd() {
    stopping = true;
  }

  /**
   * Waits for the end of the work, without an interrupt.
   *
   * @return whether it ended within the limit
   */
  public boolean awaitEnd(Duration limit) throws InterruptedException {
    return thread.getState() == Thread.State.NEW || thread.join(limit);
  }

  /**
   * Interrupts the work and waits for its end.
   *
   * @return whether it ended within the limit
   */
  public boolean stop(Duration limit) throws InterruptedException {
    interrupt();
    return awaitEnd(limit);
  }
}
