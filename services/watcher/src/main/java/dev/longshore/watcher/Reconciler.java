package dev.longshore.watcher;

import dev.longshore.oci.RegistryException;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import java.time.Instant;

/** Compares what a whole registry holds with what is known. */
@FunctionalInterface
interface Reconciler {
  /**
   * Returns when a look that began after the instant has covered the registry.
   *
   * @throws PermanentFailure when this registry is not polled
   */
  void lookSince(WatchedRegistry registry, Instant instant)
      throws RegistryException, HintNotStoredException, PermanentFailure, InterruptedException;
}
