package dev.longshore.runtime.service.endpoint;

import java.time.Instant;
import java.util.Optional;

/** Whether work may go to an endpoint. */
public sealed interface EndpointState {
  /** The last failure of a paused endpoint, in words. */
  default Optional<String> trouble() {
    return switch (this) {
      case Open() -> Optional.empty();
      case Paused(_, var cause, _, _) -> Optional.of(cause);
      case Probing(_, var cause, _, _) -> Optional.of(cause);
    };
  }

  /** No failure is known. */
  record Open() implements EndpointState {}

  /**
   * It failed and is paused.
   *
   * @param since when the outage began
   * @param cause the last failure, in words
   * @param failures number of failures in this outage, probes included
   * @param nextProbe time from which one caller may try
   */
  record Paused(Instant since, String cause, int failures, Instant nextProbe)
      implements EndpointState {}

  /**
   * One caller tries it; all others wait for the result.
   *
   * @param since when the outage began
   * @param cause the last failure, in words
   * @param failures number of failures in this outage
   * @param abandonedAt time from which the caller counts as lost and another may try
   */
  record Probing(Instant since, String cause, int failures, Instant abandonedAt)
      implements EndpointState {}
}
