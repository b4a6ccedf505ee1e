package dev.longshore.watcher;

import dev.longshore.model.RepositoryName;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.kafka.step.TransientFailure;

/** What a registry's failure means for the hint being handled. */
final class RegistryFailures {
  private RegistryFailures() {}

  /** Throws if the hint must wait or the thread stop; otherwise the failure is permanent. */
  static PermanentFailure of(
      SourceUse use, RepositoryName name, RegistryException e, Progress progress)
      throws TransientFailure, InterruptedException {
    stopIfInterrupted(e);
    if (e.transientFailure()) {
      throw waits(use, use.away(name, e), e, progress);
    }
    return new PermanentFailure(e.kind().name(), message(e), e);
  }

  /** The same for a failure of the whole registry. */
  static PermanentFailure of(SourceUse use, RegistryException e, Progress progress)
      throws TransientFailure, InterruptedException {
    stopIfInterrupted(e);
    if (e.transientFailure()) {
      throw waits(use, use.away(e), e, progress);
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
      SourceUse use, RepositoryName name, RegistryException e, Progress progress) {
    return waits(use, ImageSource.alone(name), e, progress);
  }

  private static TransientFailure waits(
      SourceUse use, String away, RegistryException e, Progress progress) {
    return TransientFailure.within(
        away, use.tried(progress), message(e), e.retryAfter().orElse(null), e);
  }

  private static String message(RegistryException e) {
    String message = e.getMessage();
    return message == null ? e.toString() : message;
  }
}
