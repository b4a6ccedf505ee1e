package dev.longshore.watcher;

import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.source.RequestBudget;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/** A source that repeats refused requests after the pause for which the registry asks. */
final class RetryingSource {
  /** Two days, at an hour each: the longest quotas are of one. */
  private static final int PAUSES = 48;

  /** After a refusal for too many requests that does not say how long. */
  private static final Duration UNSAID = Duration.ofMinutes(1);

  private static final int TOO_MANY_REQUESTS = 429;

  /** A request holds a connection, and one host has not many. */
  static final int AT_ONCE = 64;

  private final Semaphore places = new Semaphore(AT_ONCE);
  private final Waiting waiting;

  /**
   * For sources of one registry.
   *
   * @param pauses hears of each pause, and lets it pass
   */
  RetryingSource(RequestBudget.Wait pauses) {
    this.waiting = new Waiting(pauses);
  }

  /** The same source. */
  ImageSource of(ImageSource source) {
    return (ImageSource)
        Proxy.newProxyInstance(
            RetryingSource.class.getClassLoader(),
            new Class<?>[] {ImageSource.class},
            (_, method, arguments) -> {
              while (true) {
                int round = waiting.round.get();
                try {
                  Object answer = invoke(method, source, arguments);
                  if (isRequest(method)) {
                    waiting.paused.set(0);
                  }
                  return answer;
                } catch (InvocationTargetException e) {
                  Throwable failure = e.getTargetException();
                  Optional<Duration> pause = pause(failure);
                  if (pause.isEmpty() || !waiting.hasPassed(pause.get(), round)) {
                    throw failure;
                  }
                }
              }
            });
  }

  private Object invoke(Method method, ImageSource source, Object[] arguments)
      throws ReflectiveOperationException {
    // Each request ends within its deadline, and so does this wait.
    places.acquireUninterruptibly();
    try {
      return method.invoke(source, arguments);
    } finally {
      places.release();
    }
  }

  /** One pause for all requests that met the same refusal. */
  private static final class Waiting {
    private final RequestBudget.Wait pauses;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicInteger round = new AtomicInteger();
    private final AtomicInteger paused = new AtomicInteger();

    Waiting(RequestBudget.Wait pauses) {
      this.pauses = pauses;
    }

    /**
     * Lets the pause pass, unless one has passed since the request was sent.
     *
     * @param sent the round in which it was
     * @return false if there were too many
     */
    boolean hasPassed(Duration pause, int sent) throws InterruptedException {
      lock.lockInterruptibly();
      try {
        if (round.get() == sent) {
          if (paused.incrementAndGet() > PAUSES) {
            return false;
          }
          pauses.of(pause);
          round.incrementAndGet();
        }
        return true;
      } finally {
        lock.unlock();
      }
    }
  }

  private static boolean isRequest(Method method) {
    return List.of(method.getExceptionTypes()).contains(RegistryException.class);
  }

  private static Optional<Duration> pause(Throwable failure) {
    if (!(failure instanceof RegistryException refused) || !refused.transientFailure()) {
      return Optional.empty();
    }
    return refused
        .retryAfter()
        .or(
            () ->
                refused.status().orElse(0) == TOO_MANY_REQUESTS
                    ? Optional.of(UNSAID)
                    : Optional.empty());
  }
}
