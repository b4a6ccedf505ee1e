package dev.longshore.watcher;

import dev.longshore.model.RepositoryName;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;

/** What a registry's failure means for the hint being handled. */
final class RegistryTrouble {
  private RegistryTrouble() {}

  /** Throws if the hint must wait or the thread stop; otherwise the failure is permanent. */
  static PermanentFailure of(WatchedRegistry registry, RepositoryName name, RegistryException e)
      throws TransientFailure, InterruptedException {
    stopIfInterrupted(e);
    if (e.transientFailure()) {
      throw waits(registry, registry.images().away(name, e), e);
    }
    return new PermanentFailure(e.kind().name(), message(e), e);
  }

  /** The same for a failure of the whole registry. */
  static PermanentFailure of(WatchedRegistry registry, RegistryException e)
      throws TransientFailure, InterruptedException {
    stopIfInterrupted(e);
    if (e.transientFailure()) {
      throw new TransientFailure(registry.endpoint(), message(e), e.retryAfter().orElse(null), e);
    }
    return new PermanentFailure(e.kind().name(), message(e), e);
  }

  private static void stopIfInterrupted(RegistryException e) throws InterruptedException {
    if (e.kind() == RegistryException.Kind.INTERRUPTED) {
      Thread.interrupted();
      throw new InterruptedException(e.getMessage());
    }
  }

  /** Makes the hint wait for this repository alone. */
  static TransientFailure ofRepository(
      WatchedRegistry registry, RepositoryName name, RegistryException e) {
    return waits(registry, ImageSource.alone(name), e);
  }

  private static TransientFailure waits(
      WatchedRegistry registry, String away, RegistryException e) {
    return TransientFailure.within(
        away, registry.endpoint(), message(e), e.retryAfter().orElse(null), e);
  }

  private static String message(RegistryException e) {
    String message = e.getMessage();
    return message == null ? e.toString() : message;
  }
}
