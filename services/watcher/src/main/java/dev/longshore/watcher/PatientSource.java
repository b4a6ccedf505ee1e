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
import java.util.concurrent.atomic.AtomicInteger;

/** A source whose requests wait as long as the registry asks, rather than fail. */
final class PatientSource {
  /** Two days, at an hour each: the longest quotas are of one. */
  private static final int PAUSES = 48;

  /** After a refusal for too many requests that does not say how long. */
  private static final Duration UNSAID = Duration.ofMinutes(1);

  private static final int TOO_MANY_REQUESTS = 429;

  private PatientSource() {}

  /**
   * The same source.
   *
   * @param pauses hears of each pause, and lets it pass
   */
  static ImageSource of(ImageSource source, RequestBudget.Wait pauses) {
    AtomicInteger paused = new AtomicInteger();
    return (ImageSource)
        Proxy.newProxyInstance(
            PatientSource.class.getClassLoader(),
            new Class<?>[] {ImageSource.class},
            (_, method, arguments) -> {
              while (true) {
                try {
                  Object answer = method.invoke(source, arguments);
                  if (isRequest(method)) {
                    paused.set(0);
                  }
                  return answer;
                } catch (InvocationTargetException e) {
                  Throwable failure = e.getTargetException();
                  Optional<Duration> pause = pause(failure);
                  if (pause.isEmpty() || paused.incrementAndGet() > PAUSES) {
                    throw failure;
                  }
                  pauses.of(pause.get());
                }
              }
            });
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
