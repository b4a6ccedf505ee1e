package dev.longshore.containerd;

import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import io.grpc.Status;
import io.grpc.StatusException;
import java.util.Objects;
import java.util.Optional;

/** Translates containerd's statuses. */
final class Statuses {
  private Statuses() {}

  static RegistryException failed(Attempt attempt, StatusException e) {
    Status status = e.getStatus();
    if (Thread.currentThread().isInterrupted() || e.getCause() instanceof InterruptedException) {
      return attempt.interrupted();
    }
    String said = Objects.requireNonNullElse(status.getDescription(), "no reason given");
    String cause = status.getCause() == null ? "" : " (" + status.getCause().getMessage() + ")";
    return attempt.failed(kind(status), status.getCode() + ", " + said + cause, e);
  }

  private static Kind kind(Status status) {
    return switch (status.getCode()) {
      case NOT_FOUND -> Kind.NOT_FOUND;
      case PERMISSION_DENIED, UNAUTHENTICATED -> Kind.UNAUTHORIZED;
      case RESOURCE_EXHAUSTED -> Kind.LIMIT;
      case INVALID_ARGUMENT, FAILED_PRECONDITION, UNIMPLEMENTED, OUT_OF_RANGE -> Kind.UNSUPPORTED;
      case OK, CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, ALREADY_EXISTS, ABORTED, INTERNAL ->
          Kind.TRANSIENT;
      case UNAVAILABLE, DATA_LOSS -> Kind.TRANSIENT;
    };
  }

  /** Empty for {@code NOT_FOUND}; otherwise throws the failure. */
  static <T> Optional<T> noneIfNotFound(RegistryException e) throws RegistryException {
    if (e.kind() == Kind.NOT_FOUND) {
      return Optional.empty();
    }
    throw e;
  }
}
