package dev.longshore.runtime.kafka.dispatch;

import dev.longshore.runtime.kafka.record.Inbound;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.runtime.service.endpoint.Endpoints;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Paused endpoints that one message may try. A parked message tries the one that it waited for. A
 * nudge is never parked, so it tries whatever is due: there may be no parked message that would,
 * and then each later nudge would be held back for ever.
 */
final class Tries {
  private final Endpoints endpoints;
  private final boolean isNudge;
  private final @Nullable String waitedFor;

  /** Tried by the nudge, and not yet reported. A step may ask from several threads. */
  private final Set<String> due = ConcurrentHashMap.newKeySet();

  /**
   * @param tries whether a parked message may try the endpoint that it waits for
   */
  Tries(Endpoints endpoints, Inbound in, boolean tries) {
    Inbound.Parked parked = in.parked();
    this.endpoints = endpoints;
    this.isNudge = in.isNudge();
    this.waitedFor = parked != null && tries ? parked.endpoint() : null;
  }

  boolean tries(String endpoint) {
    return endpoint.equals(waitedFor) || due.contains(endpoint);
  }

  void require(String endpoint) throws TransientFailure {
    if (endpoints.isOpen(endpoint) || tries(endpoint)) {
      return;
    }
    if (isNudge && endpoints.mayTry(endpoint)) {
      due.add(endpoint);
      return;
    }
    Optional<String> trouble = endpoints.trouble(endpoint);
    if (trouble.isPresent()) {
      throw TransientFailure.heldBack(endpoint, trouble.get());
    }
  }

  /** The step ended, so what it called has answered. */
  void answered() {
    due.forEach(endpoints::succeeded);
    due.clear();
  }

  /** The step ended with this, of which the handler reports the endpoint if it was called. */
  void failed(TransientFailure failure) {
    String answered = failure.answered();
    if (answered != null && tries(answered)) {
      endpoints.succeeded(answered);
      due.remove(answered);
    }
    if (failure.tried()) {
      due.remove(failure.endpoint());
    }
  }

  /** The step ended, and nobody knows whether what is left was called: the next may try it. */
  void close() {
    due.forEach(endpoints::givenUp);
    due.clear();
  }
}
