package dev.longshore.watcher;

import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.ImageSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A source whose requests wait as long as the registry asks, rather than fail. */
final class PatientSource {
  /**
   * A registry that grants nothing in so many pauses grants nothing: a quota is of a day at most.
   */
  private static final int PAUSES = 48;

  private PatientSource() {}

  /** Hears of a pause, and lets it pass. */
  @FunctionalInterface
  interface Pauses {
    void of(Duration time) throws InterruptedException;
  }

  static ImageSource of(ImageSource source, Pauses pauses) {
    AtomicInteger paused = new AtomicInteger();
    return (ImageSource)
        Proxy.newProxyInstance(
            PatientSource.class.getClassLoader(),
            new Class<?>[] {ImageSource.class},
            (_, method, arguments) -> {
              while (true) {
                try {
                  Object answer = method.invoke(source, arguments);
                  paused.set(0);
                  return answer;
                } catch (InvocationTargetException e) {
                  Optional<Duration> pause = pause(e.getCause());
                  if (pause.isEmpty() || paused.incrementAndGet() > PAUSES) {
                    throw e.getCause();
                  }
                  pauses.of(pause.get());
                }
              }
            });
  }

  private static Optional<Duration> pause(Throwable failure) {
    return failure instanceof RegistryException refused && refused.transientFailure()
        ? refused.retryAfter()
        : Optional.empty();
  }
}
