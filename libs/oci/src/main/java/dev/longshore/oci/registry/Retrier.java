package dev.longshore.oci.registry;

import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import java.time.Duration;

/** Repeats a request while its failure may pass. */
final class Retrier {
  /** One try. */
  @FunctionalInterface
  interface Try<T> {
    T run() throws RegistryException;
  }

  private final ClientSettings settings;

  Retrier(ClientSettings settings) {
    this.settings = settings;
  }

  <T> T call(Attempt attempt, Try<T> request) throws RegistryException {
    for (int failed = 1; ; failed++) {
      try {
        return request.run();
      } catch (RegistryException e) {
        pauseOrThrow(attempt, e, failed);
      }
    }
  }

  /**
   * Waits before the next try.
   *
   * @param failed tries so far
   * @throws RegistryException the failure itself, if there is no further try
   */
  void pauseOrThrow(Attempt attempt, RegistryException failure, int failed)
      throws RegistryException {
    RetryPolicy policy = settings.retry();
    if (failure.kind() != Kind.TRANSIENT || failed >= policy.attempts()) {
      throw failure;
    }
    Duration delay = failure.retryAfter().orElseGet(() -> policy.delay(failed, settings.random()));
    if (delay.compareTo(policy.longest()) > 0) {
      throw failure;
    }
    try {
      settings.pause().pause(delay);
    } catch (InterruptedException e) {
      throw attempt.interrupted();
    }
  }
}
