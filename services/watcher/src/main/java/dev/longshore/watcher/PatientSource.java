package dev.longshore.watcher;

import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.ImageSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;

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
    return (ImageSource)
        Proxy.newProxyInstance(
            PatientSource.class.getClassLoader(),
            new Class<?>[] {ImageSource.class},
            (_, method, arguments) -> {
              for (int paused = 0; ; paused++) {
                try {
                  return method.invoke(source, arguments);
                } catch (InvocationTargetException e) {
                  Optional<Duration> pause =
                      e.getCause() instanceof RegistryException refused
                              && refused.transientFailure()
                          ? refused.retryAfter()
                          : Optional.empty();
                  if (pause.isEmpty() || paused == PAUSES) {
                    throw e.getCause();
                  }
                  pauses.of(pause.get());
                }
              }
            });
  }
}
