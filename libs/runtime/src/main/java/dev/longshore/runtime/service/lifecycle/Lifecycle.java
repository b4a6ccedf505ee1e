package dev.longshore.runtime.service.lifecycle;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts parts in order and stops them in the reverse order, once.
 *
 * <pre>
 * state     event           next
 * NEW       start           STARTING
 * NEW       stop            STOPPED
 * STARTING  all started     RUNNING
 * STARTING  a part fails    STOPPING, start throws
 * STARTING  stop            STOPPING once the part being started has ended, start throws
 * RUNNING   stop            STOPPING
 * STOPPING  all stopped     STOPPED
 * </pre>
 */
public final class Lifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

  private final List<Part> parts;
  private final Duration drain;
  private final ReentrantLock lock = new ReentrantLock();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Stopper stopper = new Stopper();
  private LifecycleState state = LifecycleState.NEW;
  private @Nullable Thread starter;

  /**
   * @param parts in starting order
   * @param drain total time for all parts to finish running work when they stop
   */
  public Lifecycle(List<Part> parts, Duration drain) {
    this.parts = List.copyOf(parts);
    this.drain = drain;
  }

  public LifecycleState state() {
    lock.lock();
    try {
      return state;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns when every part has started.
   *
   * @throws StartException when one failed, or {@link #stop} came first; then nothing runs
   */
  public void start() throws StartException {
    lock.lock();
    try {
      if (state != LifecycleState.NEW) {
        throw new IllegalStateException("start: " + state + " (expected: NEW)");
      }
      state = LifecycleState.STARTING;
      starter = Thread.currentThread();
    } finally {
      lock.unlock();
    }
    Deque<Part> started = new ArrayDeque<>();
    for (Part part : parts) {
      StartException failure = start(part);
      if (failure == null) {
        started.push(part);
      }
      if (failure != null || !goOn(started.size() == parts.size())) {
        StartException thrown = failure != null ? failure : new StartException(part.name(), told());
        // The interrupt that ended the start must not end the stop as well.
        Thread.interrupted();
        stopAll(started).forEach(thrown::addSuppressed);
        throw thrown;
      }
    }
  }

  private static InterruptedException told() {
    return new InterruptedException("told to stop while starting");
  }

  private static @Nullable StartException start(Part part) {
    LOG.debug("starting {}", part.name());
    try {
      part.start();
      return null;
    } catch (InterruptedException interrupted) {
      return new StartException(part.name(), told());
    } catch (Exception failure) { // Whatever a part throws, the others must be stopped.
      return new StartException(part.name(), failure);
    }
  }

  /** Whether no one has stopped it; changes to running with the last part. */
  private boolean goOn(boolean last) {
    lock.lock();
    try {
      if (state != LifecycleState.STARTING) {
        return false;
      }
      if (last) {
        state = LifecycleState.RUNNING;
        starter = null;
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Stops the running parts and returns when they have ended; from any thread, even during a start.
   *
   * @throws StopException when parts failed or ran out of time
   * @throws InterruptedException when the caller must stop waiting; stopping continues only if
   *     another thread does it
   */
  public void stop() throws StopException, InterruptedException {
    if (!claimStop()) {
      stopped.await();
      return;
    }
    List<PartFailure> failures = stopAll(new ArrayDeque<>(parts.reversed()));
    if (!failures.isEmpty()) {
      throw new StopException(failures);
    }
  }

  /** Whether this caller must stop the parts. */
  private boolean claimStop() {
    lock.lock();
    try {
      return switch (state) {
        case NEW -> {
          state = LifecycleState.STOPPED;
          stopped.countDown();
          yield false;
        }
        case STARTING -> {
          state = LifecycleState.STOPPING;
          if (starter != null) {
            starter.interrupt();
          }
          yield false;
        }
        case RUNNING -> {
          state = LifecycleState.STOPPING;
          yield true;
        }
        case STOPPING, STOPPED -> false;
      };
    } finally {
      lock.unlock();
    }
  }

  /** Shortens a current or later stop: no part gets time to finish running work. */
  public void hasten() {
    stopper.hasten();
  }

  /** Returns when everything has ended. */
  public void awaitStopped() throws InterruptedException {
    stopped.await();
  }

  private List<PartFailure> stopAll(Deque<Part> started) {
    lock.lock();
    try {
      state = LifecycleState.STOPPING;
    } finally {
      lock.unlock();
    }
    List<PartFailure> failures = new ArrayList<>();
    long end = System.nanoTime() + drain.toNanos();
    for (Part part : started) {
      PartFailure failure = stopper.stop(part, Duration.ofNanos(end - System.nanoTime()));
      if (failure != null) {
        LOG.warn("{}", failure.getMessage(), failure.getCause());
        failures.add(failure);
      }
    }
    lock.lock();
    try {
      state = LifecycleState.STOPPED;
      stopped.countDown();
    } finally {
      lock.unlock();
    }
    return failures;
  }
}
