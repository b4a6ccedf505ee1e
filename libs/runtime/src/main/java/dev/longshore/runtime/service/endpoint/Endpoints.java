package dev.longshore.runtime.service.endpoint;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * External programs by name, and whether work may call them. A failed endpoint is paused for
 * everyone; when its pause ends, exactly one caller may try, and its report opens the endpoint for
 * all or extends the pause, for as long as it takes.
 *
 * <p>Names come from the configuration ({@code registry localhost:5055}, {@code kubo site-a}), so
 * their number is bounded. Only separately paused repositories ({@code repository
 * localhost:5055/team/app}) get their names from pushes: each is forgotten when no one waits for
 * it.
 */
public final class Endpoints {
  private final Map<String, EndpointGate> gates = new ConcurrentSkipListMap<>();
  private final Clock clock;
  private final Alarms alarms;
  private final EndpointBackoff backoff;
  private final EndpointBackoff ofRepositories;

  public Endpoints(Clock clock, Alarms alarms, RandomGenerator random) {
    this.clock = clock;
    this.alarms = alarms;
    this.backoff = new EndpointBackoff(random, EndpointBackoff.LONGEST);
    this.ofRepositories = new EndpointBackoff(random, EndpointBackoff.LONGEST_OF_REPOSITORY);
  }

  /** Whether the endpoint is open: callers pass at once, without a probe. */
  public boolean isOpen(String name) {
    EndpointGate gate = gates.get(name);
    return gate == null || gate.state() instanceof EndpointState.Open;
  }

  /** Why the endpoint is paused; empty while it is open. */
  public Optional<String> trouble(String name) {
    EndpointGate gate = gates.get(name);
    return gate == null ? Optional.empty() : gate.state().trouble();
  }

  /**
   * Returns when the endpoint is open, or when this caller may try it after a pause. The caller
   * then reports {@link #succeeded} or {@link #failed}.
   *
   * @return whether this caller is the one to try
   * @throws InterruptedException when the caller must stop
   */
  public boolean awaitOpen(String name) throws InterruptedException {
    return gate(name).awaitOpen();
  }

  /** The same without waiting: whether the caller may pass now. A caller that tries must report. */
  public boolean mayPass(String name) {
    return gate(name).mayPass();
  }

  /**
   * Whether a caller that does not wait is the one to try the endpoint after a pause. It then
   * reports {@link #succeeded}, {@link #failed} or {@link #givenUp}.
   */
  public boolean mayTry(String name) {
    EndpointGate gate = gates.get(name);
    return gate != null && gate.mayTry();
  }

  /** Whoever was to try the endpoint ended without an answer of it: the next may try. */
  public void givenUp(String name) {
    EndpointGate gate = gates.get(name);
    if (gate != null) {
      gate.givenUp();
    }
  }

  /**
   * Pauses the endpoint for everyone.
   *
   * @param cause what was tried and the answer, without secrets; {@code status} shows it
   * @param retryAfter pause that the endpoint asked for, if any; at most an hour
   * @return the time from which one caller may try it
   */
  public Instant failed(String name, String cause, @Nullable Duration retryAfter) {
    return gate(name).failed(cause, retryAfter);
  }

  /** Time from which one caller may try the endpoint; in the past while it is open. */
  public Instant nextTry(String name) {
    return gate(name).nextTry();
  }

  /** Opens the endpoint for everyone. */
  public void succeeded(String name) {
    EndpointGate gate = gates.get(name);
    if (gate != null) {
      gate.succeeded();
    }
  }

  /** Opens the endpoint for those who wait, and forgets it: it is no longer configured. */
  public void forget(String name) {
    succeeded(name);
    gates.remove(name);
  }

  /** Every endpoint that ever failed or was waited for, and paused repositories, by name. */
  public List<EndpointStatus> snapshot() {
    return gates.entrySet().stream()
        .map(gate -> new EndpointStatus(gate.getKey(), gate.getValue().state()))
        .toList();
  }

  private EndpointGate gate(String name) {
    return gates.computeIfAbsent(
        name,
        _ ->
            EndpointStatus.isRepository(name)
                ? new EndpointGate(clock, alarms, ofRepositories, idle -> gates.remove(name, idle))
                : new EndpointGate(clock, alarms, backoff, _ -> {}));
  }
}
