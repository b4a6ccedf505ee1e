package dev.longshore.runtime.service.endpoint;

import java.time.Instant;
import java.util.Optional;

/** Whether work may go to an endpoint. */
public sealed interface EndpointState {
  /** The last failure of an endpoint that work is held back from, in words. */
  default Optional<String> trouble() {
    return switch (this) {
      case Open() -> Optional.empty();
      case Paused(_, var cause, _, _) -> Optional.of(cause);
      case Probing(_, var cause, _, _) -> Optional.of(cause);
    };
  }

  /** Nothing is known against it. */
  record Open() implements EndpointState {}

  /**
   * It failed and is left alone.
   *
   * @param since when the outage began
   * @param cause the last failure, in words
   * @param failures how often it failed in this outage, failed probes included
   * @param nextProbe from when one caller may try
   */
  record Paused(Instant since, String cause, int failures, Instant nextProbe)
      implements EndpointState {}

  /**
   * One caller tries it; all others wait for what comes of that.
   *
   * @param since when the outage began
   * @param cause the last failure, in words
   * @param failures how often it failed in this outage
   * @param abandonedAt from when the caller counts as lost and another may try
   */
  record Probing(Instant since, String cause, int failures, Instant abandonedAt)
      implements EndpointState {}
}
