package dev.longshore.watcher;

import dev.longshore.oci.RegistryException;
import dev.longshore.runtime.step.PermanentFailure;
import dev.longshore.runtime.step.TransientFailure;

/** What a registry's failure means for the hint that led to it. */
final class RegistryTrouble {
  private RegistryTrouble() {}

  /** Throws if the hint is to wait or the thread to stop; else the failure is for good. */
  static PermanentFailure of(WatchedRegistry registry, RegistryException e)
      throws TransientFailure, InterruptedException {
    if (e.kind() == RegistryException.Kind.INTERRUPTED) {
      Thread.interrupted();
      throw new InterruptedException(e.getMessage());
    }
    if (e.transientFailure()) {
      throw new TransientFailure(registry.endpoint(), message(e), e.retryAfter().orElse(null), e);
    }
    return new PermanentFailure(e.kind().name(), message(e), e);
  }

  private static String message(RegistryException e) {
    String message = e.getMessage();
    return message == null ? e.toString() : message;
  }
}
